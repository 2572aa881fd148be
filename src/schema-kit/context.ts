import type { AccessControl } from '../access/access-control.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { CallerRates } from '../access/caller-rates.ts'
import type { LiveReader } from '../access/live-reader.ts'
import type { Principal } from '../access/principal.ts'
import { type Caller, causeOf } from '../audit/caller.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import type { Clock } from '../kernel/clock.ts'
import { unauthenticated } from '../kernel/errors.ts'
import type { Database } from '../persistence/database.ts'
import { AnswerSize } from './answer-size.ts'

/**
 * What resolvers call. Each feature adds its own services to this interface (`declare module`, in its context.graphql.ts), so
 * that nothing here knows a feature; app.ts, which makes them all, does not compile without one of them.
 */
export interface Services {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly denials: DenialRecorder
  readonly rates: CallerRates
}

/** What an operation came in by. */
export interface Connection extends LiveReader {
  readonly origin: CallOrigin
  /**
   * Counts a live subscription for its caller, and the connection where the subscription is what keeps it open. Returns a
   * function that ends the counting and may be called more than once. Throws LIMIT_REACHED.
   */
  readonly hold: (principal: Principal | null) => () => void
}

/** What a resolver knows of the operation it works for. A subscription gets a new one for each event. */
export interface GraphQLContext {
  readonly principal: Principal | null
  /** The address that a sign-in at the identity provider verified; also of a person who is no member yet. */
  readonly verifiedEmail: string | null
  readonly connection: Connection
  readonly services: Services
  /** How much the answer has so far. */
  readonly answer: AnswerSize
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
})

/**
 * Lets the rest of an operation go on as somebody else: as the member that it has just made, or as its caller with the
 * rights that it has just given them. What an answer shows of the change must be readable to whoever made it.
 */
export const continueAs = (context: GraphQLContext, principal: Principal | null): void => {
  const mutable: { principal: Principal | null } = context
  mutable.principal = principal
}

/** The caller as services want them. Throws UNAUTHENTICATED where nobody is known to call. */
export const callerOf = ({ principal, connection }: GraphQLContext): Caller => {
  if (principal === null) throw unauthenticated()
  return { principal, cause: causeOf(principal, connection.origin) }
}
