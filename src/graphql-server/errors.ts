import { GraphQLError, type GraphQLErrorOptions } from 'graphql'
import { type ErrorCode, type InputIssue, KeyturnError, OutcomeUnknown } from '../kernel/errors.ts'
import { hideSecrets } from '../kernel/secret-text.ts'

/** The HTTP status of a request that fails as a whole. With partial data the status is 200. */
const STATUS = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  POLICY_VIOLATION: 422,
  LIMIT_REACHED: 422,
  RATE_LIMITED: 429,
  QUERY_TOO_COMPLEX: 400,
  UNAVAILABLE: 503,
} as const satisfies Record<ErrorCode, number>

/** Reports an error that is a bug, with all its details. */
export type ReportBug = (error: unknown, requestId: string | null) => void

const keyturnErrorOf = (error: unknown): KeyturnError | null => {
  if (error instanceof KeyturnError) return error
  return error instanceof GraphQLError && error.originalError != null ? keyturnErrorOf(error.originalError) : null
}

const outcomeUnknownOf = (error: unknown): OutcomeUnknown | null => {
  if (error instanceof OutcomeUnknown) return error
  return error instanceof GraphQLError && error.originalError != null ? outcomeUnknownOf(error.originalError) : null
}

/** Errors that have been translated already: an error may pass more than one place that translates. */
const translated = new WeakSet<GraphQLError>()

/** Translates a failure to the contract's code and fields, without internals. */
export const toGraphQLError = (error: unknown, requestId: string | null, report: ReportBug): GraphQLError => {
  if (error instanceof GraphQLError && translated.has(error)) return error
  const made = translate(error, requestId, report)
  translated.add(made)
  return made
}

const translate = (error: unknown, requestId: string | null, report: ReportBug): GraphQLError => {
  const known = keyturnErrorOf(error)
  const located = error instanceof GraphQLError ? error : null
  const place: GraphQLErrorOptions = located === null ? {} : placeOf(located)
  if (known !== null)
    return new GraphQLError(known.message, {
      ...place,
      extensions: {
        code: known.code,
        ...known.fields,
        ...(located?.path === undefined ? { http: httpOf(known) } : {}),
      },
    })
  if (located !== null && isRequestError(located)) return badRequest(located)
  report(error, requestId)
  const unknown = outcomeUnknownOf(error)
  return new GraphQLError(unknown?.message ?? 'Internal error. The server log has the details under the requestId.', {
    ...place,
    extensions: {
      code: 'INTERNAL',
      ...(unknown === null ? {} : { reason: unknown.reason }),
      requestId,
      ...(located?.path === undefined ? { http: { status: 500 } } : {}),
    },
  })
}

const placeOf = ({ nodes, source, positions, path }: GraphQLError): GraphQLErrorOptions => ({
  nodes: nodes ?? null,
  source: source ?? null,
  positions: positions ?? null,
  path: path ?? null,
})

const httpOf = (error: KeyturnError) => ({
  status: STATUS[error.code],
  headers: {
    ...(error.code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer realm="keyturn"' } : {}),
    ...(error.fields.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.fields.retryAfterSeconds) }),
  },
})

/** An error of the document or its variables has no path, because it is found before execution, or no original error. */
const isRequestError = (error: GraphQLError): boolean => error.path === undefined || error.originalError == null

const badRequest = (error: GraphQLError): GraphQLError => {
  const { code = 'BAD_USER_INPUT', http, issues } = error.extensions
  const [place] = error.locations ?? []
  const found: InputIssue = {
    path: error.path?.join('.') ?? (place === undefined ? 'query' : `query:${place.line}:${place.column}`),
    message: withoutSecrets(error.message),
  }
  const known = code === 'QUERY_TOO_COMPLEX' ? 'QUERY_TOO_COMPLEX' : 'BAD_USER_INPUT'
  const shown = found.path.startsWith('query') ? found.message : `${found.path}: ${found.message}`
  return new GraphQLError(shown, {
    ...placeOf(error),
    extensions: { code: known, issues: issues ?? [found], ...(http === undefined ? {} : { http }) },
  })
}

/**
 * No error repeats a secret, not even a mistyped one in the wrong place: neither text that starts like a secret nor text
 * that is long enough to be the rest of one. Ids and names of the schema are shorter.
 */
export const withoutSecrets = (message: string): string => hideSecrets(message).replace(/[0-9A-Za-z_-]{37,}/g, '...')

const DOES_NOT_MATCH = 'The document does not match the schema of this server.'

/**
 * The same error without names of the schema: graphql-js messages about a document name types, fields and arguments. Errors
 * of Keyturn and errors without a location stay as they are.
 */
export const withoutSchema = (error: GraphQLError): GraphQLError =>
  keyturnErrorOf(error) === null &&
  isRequestError(error) &&
  error.extensions.code === undefined &&
  error.nodes !== undefined
    ? new GraphQLError(DOES_NOT_MATCH, placeOf(error))
    : error
