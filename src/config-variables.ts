import { z } from 'zod'
import { canonicalAddress, parseRange } from './kernel/ip-range.ts'
import { SECRET_PREFIX_SHAPE } from './kernel/secret-text.ts'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

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

/** Every environment variable that the server reads. */
export const variables = z.object({
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
  KEYTURN_OIDC_CLIENT_ID: z.string().min(1).optional(),
  KEYTURN_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
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

/** The parsed variables. */
export type Variables = z.infer<typeof variables>

/** Errors in combinations of variables. */
export const combinationFaults = (variables: NodeJS.ProcessEnv): string[] => {
  const faults: string[] = []
  if (isPostgres(variables.KEYTURN_DATABASE_URL) && variables.KEYTURN_MASTER_KEY === undefined)
    faults.push('KEYTURN_MASTER_KEY: is required with PostgreSQL: all instances must share it')
  if ((variables.KEYTURN_OIDC_ISSUER === undefined) !== (variables.KEYTURN_OIDC_AUDIENCE === undefined))
    faults.push('KEYTURN_OIDC_ISSUER, KEYTURN_OIDC_AUDIENCE: must be set together')
  if ((variables.KEYTURN_OIDC_CLIENT_ID === undefined) !== (variables.KEYTURN_OIDC_CLIENT_SECRET === undefined))
    faults.push('KEYTURN_OIDC_CLIENT_ID, KEYTURN_OIDC_CLIENT_SECRET: must be set together')
  if (variables.KEYTURN_OIDC_CLIENT_ID !== undefined && variables.KEYTURN_OIDC_ISSUER === undefined)
    faults.push('KEYTURN_OIDC_CLIENT_ID: needs KEYTURN_OIDC_ISSUER, the identity provider that it is a client of')
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

/** The public URL without trailing slashes. */
export const publicUrlOf = ({
  KEYTURN_PUBLIC_URL: url,
  KEYTURN_PORT: port = DEFAULT_PORT,
}: NodeJS.ProcessEnv): string => (url ?? `http://127.0.0.1:${port}`).replace(TRAILING_SLASHES, '')

const isPostgres = (databaseUrl: string | undefined): boolean => databaseUrl?.startsWith('postgres') ?? false
