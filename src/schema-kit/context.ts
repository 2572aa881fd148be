import type { AccessControl } from '../access/access-control.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { CallerRates } from '../access/caller-rates.ts'
import type { LiveReader } from '../access/live-reader.ts'
import type { Principal } from '../access/principal.ts'
import { type Caller, causeOf } from '../audit/caller.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import type { Clock } from '../kernel/clock.ts'
import { type KeyturnError, unauthenticated } from '../kernel/errors.ts'
import type { Database } from '../persistence/database.ts'
import { AnswerSize } from './answer-size.ts'

/**
 * What resolvers call. Each feature adds its services to this interface with `declare module`, so that the schema kit depends
 * on no feature. app.ts does not compile if it lacks one of them.
 */
export interface Services {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly denials: DenialRecorder
  readonly rates: CallerRates
}

/** The connection that an operation arrived on. */
export interface Connection extends LiveReader {
  readonly origin: CallOrigin
  /**
   * Counts a live subscription against the limits of its caller, and also the connection if it exists only for the
   * subscription. Returns a function that releases both; calling it again has no effect. Throws LIMIT_REACHED.
   */
  readonly hold: (principal: Principal | null) => () => void
  /** Why mutations of this connection are refused, for requests by a session cookie; null if they are accepted. */
  readonly mutationRefusal: KeyturnError | null
}

/** The operation that a resolver works for. A subscription has a new context for each event. */
export interface GraphQLContext {
  readonly principal: Principal | null
  /** The e-mail address that a sign-in at the identity provider verified, also of a non-member; null otherwise. */
  readonly verifiedEmail: string | null
  readonly connection: Connection
  readonly services: Services
  /** The size of the answer so far. */
  readonly answer: AnswerSize
  /** What was determined or loaded for the operation, by what did so. */
  readonly caches: Map<object, unknown>
}

export const createContext = (
  services: Services,
  principal: Principal | null,
  connection: Connection,
  verifiedEmail: string | null = principal?.credential.verifiedEmail ?? null,
): GraphQLContext => ({
  principal,
  verifiedEmail,
  connection,
  services,
  answer: new AnswerSize(),
  caches: new Map(),
})

/**
 * Changes the principal for the rest of an operation: to the member that it created, or to its caller with newly gained
 * rights. Otherwise the caller could not read the payload of their own mutation.
 */
export const continueAs = (context: GraphQLContext, principal: Principal | null): void => {
  const mutable: { principal: Principal | null } = context
  mutable.principal = principal
}

/** The caller in the form that services take. Throws UNAUTHENTICATED if the operation has no valid credential. */
export const callerOf = ({ principal, connection }: GraphQLContext): Caller => {
  if (principal === null) throw unauthenticated()
  return { principal, cause: causeOf(principal, connection.origin) }
}
