import { errorOfGraphQL, KeyturnClientError } from './error.ts'

/** Why one attempt of a subscription ended. */
export type AttemptEnd =
  /** The consumer is too slow. Continue when it has caught up. */
  | { readonly kind: 'full' }
  /** The connection or the server failed, or the server ended the subscription. Retry. */
  | { readonly kind: 'lost'; readonly error: KeyturnClientError }
  /** The credential is invalid. Retry if there is another. */
  | { readonly kind: 'credential'; readonly error: KeyturnClientError }
  /** The server rejects the subscription. A retry would fail as well. */
  | { readonly kind: 'refused'; readonly error: KeyturnClientError }

const UNAUTHORIZED = 4401
const CREDENTIAL_NO_LONGER_VALID = 4403
/** Close codes that a retry would repeat: protocol errors (RFC 6455 section 7.4.1) and those of graphql-transport-ws. */
const REFUSED_CODES: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008, 1009, 4004, 4400, 4406])

/** Error codes of transient failures. INTERNAL is a fault of the server, not a rejection. */
const PASSING: ReadonlySet<string> = new Set(['UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL'])

const isClose = (value: unknown): value is { code: number; reason: string } =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  typeof value.code === 'number' &&
  'reason' in value &&
  typeof value.reason === 'string'

const ofClose = ({ code, reason }: { code: number; reason: string }): AttemptEnd => {
  const says = reason === '' ? '' : `: ${reason}`
  const [, why] = /: ([A-Z_]+)$/.exec(reason) ?? []
  const error = (name: string) =>
    new KeyturnClientError(name, `The server closed the connection with ${code}${says}.`, {
      status: code,
      ...(why === undefined ? {} : { reason: why }),
    })
  if (code === UNAUTHORIZED || code === CREDENTIAL_NO_LONGER_VALID)
    return { kind: 'credential', error: error('UNAUTHENTICATED') }
  if (REFUSED_CODES.has(code)) return { kind: 'refused', error: error('BAD_RESPONSE') }
  return { kind: 'lost', error: error('NETWORK') }
}

/**
 * Classifies an error of the transport.
 *
 * @param wasLive whether the subscription was accepted before. Then a limit is transient: the server still counts the old
 *   connection
 */
export const endOfError = (failure: unknown, wasLive: boolean): AttemptEnd => {
  if (Array.isArray(failure)) return endOfRefusal(errorOfGraphQL(failure), wasLive)
  if (failure instanceof KeyturnClientError) return endOfRefusal(failure, wasLive)
  if (isClose(failure)) return ofClose(failure)
  const error = new KeyturnClientError('NETWORK', 'No connection to the server.', {}, { cause: failure })
  return { kind: 'lost', error }
}

const endOfRefusal = (error: KeyturnClientError, wasLive: boolean): AttemptEnd => {
  if (error.code === 'UNAUTHENTICATED') return { kind: 'credential', error }
  const passes = PASSING.has(error.code) || error.code === 'NETWORK' || (error.code === 'LIMIT_REACHED' && wasLive)
  return { kind: passes ? 'lost' : 'refused', error }
}
