import { join, resolve } from 'node:path'
import { z } from 'zod'
import { canonicalAddress, parseRange } from './kernel/ip-range.ts'
import { SECRET_PREFIX_SHAPE } from './kernel/secret-text.ts'

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
  readonly logLevel: LogLevel
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

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
type LogLevel = (typeof LOG_LEVELS)[number]

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

const DEFAULT_PORT = '4000'
const MASTER_KEY_BYTES = 32
const MAX_AUDIENCE_LENGTH = 512

const onOff = (fallback: 'on' | 'off') =>
  z
    .enum(['on', 'off'], { error: 'must be on or off' })
    .default(fallback)
    .transform((value) => value === 'on')

const url = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  })

const masterKey = z
  .string()
  .transform((text) => text.split(',').map((part) => Buffer.from(part.trim(), 'base64url')))
  .refine((keys) => keys.every((key) => key.length === MASTER_KEY_BYTES), {
    error: `must be ${MASTER_KEY_BYTES} bytes as base64url, several separated by commas, newest first (generate one with: openssl rand -base64 32 | tr '+/' '-_' | tr -d '=')`,
  })

const proxies = z
  .string()
  .default('off')
  .transform((text) => (text === 'off' ? [] : text.split(',').map((part) => part.trim())))
  .refine((ranges) => ranges.every((range) => parseRange(range) !== null), {
    error: 'must be off, or the addresses or CIDR ranges of proxies, separated by commas',
  })

const allowedRanges = z
  .string()
  .default('none')
  .transform((text) => (text === 'none' ? [] : text.split(',').map((part) => parseRange(part.trim()))))
  .refine((ranges) => ranges.every((range) => range !== null), {
    error: 'must be none, or addresses or CIDR ranges that notifications may reach, separated by commas',
  })
  .transform((ranges) => ranges.filter((range) => range !== null))

const mailbox = z
  .string()
  .max(320, { error: 'must have at most 320 characters' })
  .regex(/^(?:[^<>@\r\n]{1,100} <[^\s@<>"]{1,64}@[^\s@<>"]{1,250}>|[^\s@<>"]{1,64}@[^\s@<>"]{1,250})$/, {
    error: 'must be an e-mail address, such as keyturn@example.com or Keyturn <keyturn@example.com>',
  })

const origins = z
  .string()
  .default('none')
  .transform((text) => (text === 'none' ? [] : text.split(',').map((part) => part.trim())))
  .refine((list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin), {
    error: 'must be none, or the origins of pages, separated by commas, such as https://console.example.com',
  })

const MAX_COUNT = 1_000_000

/** A whole number of at least one. */
const count = (fallback: number, max = MAX_COUNT) => {
  const error = `must be a whole number from 1 to ${max}`
  return z.coerce.number({ error }).int({ error }).min(1, { error }).max(max, { error }).default(fallback)
}

const seconds = (fallback: number) => count(fallback, 3600)

const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)

const environment = z.object({
  KEYTURN_HOST: z
    .string()
    .default('127.0.0.1')
    .refine((text) => text === 'localhost' || canonicalAddress(text) !== null, {
      error: 'must be an address to listen on, such as 127.0.0.1 or 0.0.0.0',
    }),
  KEYTURN_PORT: z.coerce
    .number({ error: 'must be a port number' })
    .int({ error: 'must be a port number' })
    .min(0, { error: 'must be from 0 to 65535' })
    .max(65_535, { error: 'must be from 0 to 65535' })
    .default(Number(DEFAULT_PORT)),
  KEYTURN_PUBLIC_URL: url(['http:', 'https:']).optional(),
  KEYTURN_DATA_DIR: z.string().min(1).default('./data'),
  KEYTURN_DATABASE_URL: url(['sqlite:', 'postgres:', 'postgresql:']).optional(),
  KEYTURN_REDIS_URL: url(['redis:', 'rediss:']).optional(),
  KEYTURN_MASTER_KEY: masterKey.optional(),
  KEYTURN_KEY_PREFIX: z
    .string()
    .regex(SECRET_PREFIX_SHAPE, { error: 'must have 1 to 16 characters of a to z and 0 to 9, and start with a letter' })
    .default('kt'),
  KEYTURN_TOKEN_AUDIENCE: z
    .string()
    .max(MAX_AUDIENCE_LENGTH, { error: `must have at most ${MAX_AUDIENCE_LENGTH} characters` })
    .regex(/^[\x21-\x7e]+$/, { error: 'must be printable ASCII without spaces, such as https://services.example.com' })
    .optional(),
  KEYTURN_TOKEN_ALGORITHM: z
    .enum(['ES256', 'EdDSA', 'RS256'], { error: 'must be ES256, EdDSA or RS256' })
    .default('ES256'),
  KEYTURN_OIDC_ISSUER: url(['http:', 'https:']).optional(),
  KEYTURN_OIDC_AUDIENCE: z.string().min(1).optional(),
  KEYTURN_NOTIFICATION_ALLOWED_RANGES: allowedRanges,
  KEYTURN_SMTP_URL: url(['smtp:', 'smtps:']).optional(),
  KEYTURN_MAIL_FROM: mailbox.optional(),
  KEYTURN_LEAKS_GITHUB_KEYS_URL: url(['http:', 'https:'])
    // Who can answer for the list of keys can report leaks.
    .refine((text) => URL.canParse(text) && (new URL(text).protocol === 'https:' || isLoopback(new URL(text))), {
      error: 'must start with https:// (http:// only for this machine)',
    })
    .optional(),
  KEYTURN_LEAKS_GITLAB_TOKEN: z
    .string()
    .min(16, { error: 'must have at least 16 characters' })
    .regex(/^[\x21-\x7e]+$/, { error: 'must be printable ASCII without spaces' })
    .optional(),
  KEYTURN_OWNER_EMAIL: z
    .string()
    .regex(/^[^\s@<>"]{1,64}@[^\s@<>"]{1,250}$/, { error: 'must be an e-mail address' })
    .default('owner@localhost'),
  KEYTURN_ORGANIZATION: z
    .string()
    .trim()
    .min(1)
    .max(100, { error: 'must have 1 to 100 characters' })
    .default('Default'),
  KEYTURN_LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  KEYTURN_AUDIT_ARCHIVE_DIR: z.string().min(1).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http:', 'https:']).optional(),
  OTEL_SERVICE_NAME: z.string().max(100, { error: 'must have at most 100 characters' }).default('keyturn'),
  KEYTURN_METRICS_TOKEN: z.string().min(16, { error: 'must have at least 16 characters' }).optional(),
  KEYTURN_GRAPHIQL: onOff('on'),
  KEYTURN_INTROSPECTION: onOff('on'),
  KEYTURN_CONSOLE: onOff('on'),
  KEYTURN_TRUST_PROXY: proxies,
  KEYTURN_ALLOWED_ORIGINS: origins,
  KEYTURN_MAX_CONNECTIONS: count(25_000),
  KEYTURN_MAX_CONNECTIONS_PER_ADDRESS: count(256),
  KEYTURN_MAX_SOCKETS: count(20_000),
  KEYTURN_MAX_SOCKETS_PER_ORGANIZATION: count(10_000),
  KEYTURN_MAX_SOCKETS_PER_CREDENTIAL: count(100),
  KEYTURN_MAX_UNAUTHENTICATED_SOCKETS: count(2_000),
  KEYTURN_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: count(20),
  KEYTURN_MAX_SUBSCRIPTIONS: count(50_000),
  KEYTURN_MAX_SUBSCRIPTIONS_PER_ORGANIZATION: count(20_000),
  KEYTURN_MAX_SUBSCRIPTIONS_PER_CREDENTIAL: count(1_000),
  KEYTURN_MAX_SOCKET_MESSAGES_PER_SECOND: count(100),
  KEYTURN_HEADERS_TIMEOUT_SECONDS: seconds(10),
  KEYTURN_REQUEST_TIMEOUT_SECONDS: seconds(30),
  KEYTURN_KEEP_ALIVE_TIMEOUT_SECONDS: seconds(72),
  KEYTURN_WRITE_TIMEOUT_SECONDS: seconds(30),
  KEYTURN_EXCHANGES_PER_SECOND: count(50),
  KEYTURN_MUTATIONS_PER_SECOND: count(50),
  KEYTURN_REFUSALS_PER_SECOND: count(10),
})

/** The names of all server settings. */
export const SETTING_NAMES: readonly string[] = Object.keys(environment.shape)

/** Errors in combinations of variables. */
const combinationFaults = (variables: NodeJS.ProcessEnv): string[] => {
  const faults: string[] = []
  if (isPostgres(variables.KEYTURN_DATABASE_URL) && variables.KEYTURN_MASTER_KEY === undefined)
    faults.push('KEYTURN_MASTER_KEY: is required with PostgreSQL: all instances must share it')
  if ((variables.KEYTURN_OIDC_ISSUER === undefined) !== (variables.KEYTURN_OIDC_AUDIENCE === undefined))
    faults.push('KEYTURN_OIDC_ISSUER, KEYTURN_OIDC_AUDIENCE: must be set together')
  if ((variables.KEYTURN_SMTP_URL === undefined) !== (variables.KEYTURN_MAIL_FROM === undefined))
    faults.push('KEYTURN_SMTP_URL, KEYTURN_MAIL_FROM: must be set together')
  if (Number(variables.KEYTURN_HEADERS_TIMEOUT_SECONDS ?? 10) > Number(variables.KEYTURN_REQUEST_TIMEOUT_SECONDS ?? 30))
    faults.push('KEYTURN_HEADERS_TIMEOUT_SECONDS: must not exceed KEYTURN_REQUEST_TIMEOUT_SECONDS')
  if (variables.KEYTURN_TOKEN_AUDIENCE?.replace(TRAILING_SLASHES, '') === publicUrlOf(variables))
    faults.push(
      "KEYTURN_TOKEN_AUDIENCE: must differ from the public URL: that is the audience of Keyturn's own API, and a service that receives a token must not be able to use it there",
    )
  return faults
}

const TRAILING_SLASHES = /\/+$/
const publicUrlOf = ({ KEYTURN_PUBLIC_URL: url, KEYTURN_PORT: port = DEFAULT_PORT }: NodeJS.ProcessEnv): string =>
  (url ?? `http://127.0.0.1:${port}`).replace(TRAILING_SLASHES, '')

const isPostgres = (databaseUrl: string | undefined): boolean => databaseUrl?.startsWith('postgres') ?? false

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
  const parsed = environment.safeParse(variables)
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

type Values = z.infer<typeof environment>

const limitsOf = (values: Values): Limits => ({
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

const timeoutsOf = (values: Values): Timeouts => ({
  headersSeconds: values.KEYTURN_HEADERS_TIMEOUT_SECONDS,
  requestSeconds: values.KEYTURN_REQUEST_TIMEOUT_SECONDS,
  keepAliveSeconds: values.KEYTURN_KEEP_ALIVE_TIMEOUT_SECONDS,
  writeSeconds: values.KEYTURN_WRITE_TIMEOUT_SECONDS,
})
