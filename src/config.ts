import { join, resolve } from 'node:path'
import { combinationFaults, publicUrlOf, type Variables, variables as variablesSchema } from './config-variables.ts'

/** The configuration from environment variables, read once. */
export interface Config {
  readonly host: string
  readonly port: number
  readonly publicUrl: string
  /** Default `aud` of access tokens. It differs from the public URL, which is the audience of Keyturn's own API. */
  readonly tokenAudience: string
  readonly dataDir: string
  readonly databaseUrl: string
  readonly redisUrl: string | null
  readonly masterKeys: readonly Uint8Array[]
  readonly keyPrefix: string
  readonly tokenAlgorithm: 'ES256' | 'EdDSA' | 'RS256'
  readonly oidc: { readonly issuer: string; readonly audience: string } | null
  /** The client of the identity provider that signs people in to the console; null if it does not. */
  readonly oidcClient: { readonly id: string; readonly secret: string } | null
  /** CIDR ranges that notifications may reach besides public addresses, in canonical form. */
  readonly notificationAllowedRanges: readonly string[]
  /** Where old events of audit logs are archived; null to delete none. */
  readonly auditArchiveDir: string | null
  /** The SMTP server that e-mail is sent by, and its sender. */
  readonly mail: { readonly url: string; readonly from: string } | null
  /** Receivers of leaked secrets; null turns one off. */
  readonly leaks: {
    /** The list of the public keys that GitHub signs with. */
    readonly githubKeysUrl: string | null
    readonly gitlabToken: string | null
  }
  readonly ownerEmail: string
  readonly organization: string
  readonly logLevel: Variables['KEYTURN_LOG_LEVEL']
  readonly metricsToken: string | null
  /** Base URL of an OpenTelemetry collector that takes OTLP over HTTP; null to send no traces. */
  readonly otlpEndpoint: string | null
  /** Name of this service in traces. */
  readonly serviceName: string
  readonly graphiql: boolean
  readonly introspection: boolean
  /** Whether to serve the web console, and sign people in for it. */
  readonly console: boolean
  readonly trustProxy: readonly string[]
  /** Origins of pages that may call this server from a browser, besides its own. */
  readonly allowedOrigins: readonly string[]
  readonly limits: Limits
  readonly timeouts: Timeouts
  /** Sustained rates of a credential on each instance, in actions per second. */
  readonly ratesPerSecond: { readonly exchange: number; readonly mutation: number; readonly refusal: number }
}

/** Limits of one instance. */
export interface Limits {
  readonly connections: number
  readonly connectionsPerAddress: number
  /** WebSockets with a credential, and event streams. */
  readonly sockets: number
  readonly socketsPerOrganization: number
  readonly socketsPerCredential: number
  readonly unauthenticatedSockets: number
  readonly unauthenticatedSocketsPerAddress: number
  readonly subscriptions: number
  readonly subscriptionsPerOrganization: number
  readonly subscriptionsPerCredential: number
  readonly socketMessagesPerSecond: number
}

/** Timeouts for clients. */
export interface Timeouts {
  /** From the start of a connection, or the first byte of a request, to the end of the headers. */
  readonly headersSeconds: number
  /** From the start of a request to the end of its body. */
  readonly requestSeconds: number
  /** Between two requests on a connection. */
  readonly keepAliveSeconds: number
  /** Without reading any of the written data. */
  readonly writeSeconds: number
}

/** The configuration is invalid. The message lists every error. */
export class ConfigError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    )
    this.name = 'ConfigError'
    this.faults = faults
  }
}

/** The names of all server settings. */
export const SETTING_NAMES: readonly string[] = Object.keys(variablesSchema.shape)

/** The variables of Keyturn, and the standard ones that it reads. An empty variable counts as not set. */
const given = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) => (name.startsWith('KEYTURN_') || SETTING_NAMES.includes(name)) && value !== '',
    ),
  )

/** Variables of the command-line clients, which the server ignores. */
const CLIENT_SETTINGS = ['KEYTURN_SERVER', 'KEYTURN_KEY']

/** Reads the configuration. Throws ConfigError with every error, including unknown KEYTURN_ variables. */
export const readConfig = (env: NodeJS.ProcessEnv = process.env): Config => {
  const variables = given(env)
  const known = new Set([...SETTING_NAMES, ...CLIENT_SETTINGS])
  const faults = Object.keys(variables)
    .filter((name) => !known.has(name))
    .map((name) => `${name}: is not a setting of Keyturn: correct the name or remove the variable`)
    .concat(combinationFaults(variables))
  const parsed = variablesSchema.safeParse(variables)
  if (!parsed.success)
    throw new ConfigError([
      ...faults,
      ...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    ])
  if (faults.length > 0) throw new ConfigError(faults)
  const values = parsed.data
  const dataDir = resolve(values.KEYTURN_DATA_DIR)
  const publicUrl = publicUrlOf(variables)
  const { KEYTURN_OIDC_ISSUER: issuer, KEYTURN_OIDC_AUDIENCE: audience } = values
  const { KEYTURN_OIDC_CLIENT_ID: clientId, KEYTURN_OIDC_CLIENT_SECRET: clientSecret } = values
  const { KEYTURN_SMTP_URL: smtpUrl, KEYTURN_MAIL_FROM: from } = values
  return Object.freeze({
    host: values.KEYTURN_HOST,
    port: values.KEYTURN_PORT,
    publicUrl,
    tokenAudience: values.KEYTURN_TOKEN_AUDIENCE ?? `${publicUrl}/services`,
    dataDir,
    databaseUrl: values.KEYTURN_DATABASE_URL ?? `sqlite:${join(dataDir, 'keyturn.db')}`,
    redisUrl: values.KEYTURN_REDIS_URL ?? null,
    masterKeys: values.KEYTURN_MASTER_KEY ?? [],
    keyPrefix: values.KEYTURN_KEY_PREFIX,
    tokenAlgorithm: values.KEYTURN_TOKEN_ALGORITHM,
    oidc: issuer === undefined || audience === undefined ? null : { issuer, audience },
    oidcClient: clientId === undefined || clientSecret === undefined ? null : { id: clientId, secret: clientSecret },
    notificationAllowedRanges: values.KEYTURN_NOTIFICATION_ALLOWED_RANGES,
    auditArchiveDir: values.KEYTURN_AUDIT_ARCHIVE_DIR === undefined ? null : resolve(values.KEYTURN_AUDIT_ARCHIVE_DIR),
    mail: smtpUrl === undefined || from === undefined ? null : { url: smtpUrl, from },
    leaks: {
      githubKeysUrl: values.KEYTURN_LEAKS_GITHUB_KEYS_URL ?? null,
      gitlabToken: values.KEYTURN_LEAKS_GITLAB_TOKEN ?? null,
    },
    ownerEmail: values.KEYTURN_OWNER_EMAIL.toLowerCase(),
    organization: values.KEYTURN_ORGANIZATION,
    logLevel: values.KEYTURN_LOG_LEVEL,
    metricsToken: values.KEYTURN_METRICS_TOKEN ?? null,
    otlpEndpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    serviceName: values.OTEL_SERVICE_NAME,
    graphiql: values.KEYTURN_GRAPHIQL,
    introspection: values.KEYTURN_INTROSPECTION,
    console: values.KEYTURN_CONSOLE,
    trustProxy: values.KEYTURN_TRUST_PROXY,
    allowedOrigins: values.KEYTURN_ALLOWED_ORIGINS,
    limits: limitsOf(values),
    timeouts: timeoutsOf(values),
    ratesPerSecond: {
      exchange: values.KEYTURN_EXCHANGES_PER_SECOND,
      mutation: values.KEYTURN_MUTATIONS_PER_SECOND,
      refusal: values.KEYTURN_REFUSALS_PER_SECOND,
    },
  })
}

const limitsOf = (values: Variables): Limits => ({
  connections: values.KEYTURN_MAX_CONNECTIONS,
  connectionsPerAddress: values.KEYTURN_MAX_CONNECTIONS_PER_ADDRESS,
  sockets: values.KEYTURN_MAX_SOCKETS,
  socketsPerOrganization: values.KEYTURN_MAX_SOCKETS_PER_ORGANIZATION,
  socketsPerCredential: values.KEYTURN_MAX_SOCKETS_PER_CREDENTIAL,
  unauthenticatedSockets: values.KEYTURN_MAX_UNAUTHENTICATED_SOCKETS,
  unauthenticatedSocketsPerAddress: values.KEYTURN_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS,
  subscriptions: values.KEYTURN_MAX_SUBSCRIPTIONS,
  subscriptionsPerOrganization: values.KEYTURN_MAX_SUBSCRIPTIONS_PER_ORGANIZATION,
  subscriptionsPerCredential: values.KEYTURN_MAX_SUBSCRIPTIONS_PER_CREDENTIAL,
  socketMessagesPerSecond: values.KEYTURN_MAX_SOCKET_MESSAGES_PER_SECOND,
})

const timeoutsOf = (values: Variables): Timeouts => ({
  headersSeconds: values.KEYTURN_HEADERS_TIMEOUT_SECONDS,
  requestSeconds: values.KEYTURN_REQUEST_TIMEOUT_SECONDS,
  keepAliveSeconds: values.KEYTURN_KEEP_ALIVE_TIMEOUT_SECONDS,
  writeSeconds: values.KEYTURN_WRITE_TIMEOUT_SECONDS,
})

/** The same with another port: one that was chosen where KEYTURN_PORT is 0. */
export const readConfigAt = (port: number, env: NodeJS.ProcessEnv = process.env): Config =>
  readConfig({ ...env, KEYTURN_PORT: String(port) })
