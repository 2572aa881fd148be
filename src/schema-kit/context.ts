import type { AccessControl } from '../access/access-control.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { CallerRates } from '../access/caller-rates.ts'
import type { Principal } from '../access/principal.ts'
import type { AuditQueries } from '../audit/audit-queries.ts'
import { type Caller, causeOf } from '../audit/caller.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import type { ExpiryWarningFeed } from '../expiry/expiry-warning-feed.ts'
import type { ExpiryWarningsService } from '../expiry/expiry-warnings.service.ts'
import type { Clock } from '../kernel/clock.ts'
import { unauthenticated } from '../kernel/errors.ts'
import type { KeyAccess } from '../keys/key-access.ts'
import type { CreateKey, IssuedKey } from '../keys/lifecycle/create-key.ts'
import type { RevokeKey } from '../keys/lifecycle/revoke-key.ts'
import type { RotateKey } from '../keys/lifecycle/rotate-key.ts'
import type { SuspendKey } from '../keys/lifecycle/suspend-key.ts'
import type { UpdateKey } from '../keys/lifecycle/update-key.ts'
import type { PolicyService } from '../keys/policy.service.ts'
import type { KeyEventFeed } from '../keys/queries/key-event-feed.ts'
import type { KeyQueries } from '../keys/queries/key-queries.ts'
import type { LiveReader } from '../live/live-request.ts'
import type { MembersService } from '../memberships/members.service.ts'
import type { OrganizationsService } from '../organizations/organizations.service.ts'
import type { Database } from '../persistence/database.ts'
import type { Checkpoints } from '../tokens/checkpoints.ts'
import type { RevocationFeed } from '../tokens/revocation-feed.ts'
import type { TokenService } from '../tokens/token-service.ts'
import { AnswerSize } from './answer-size.ts'
import { createLoaders, type Loaders } from './loaders.ts'

/** What resolvers call. */
export interface Services {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly organizations: OrganizationsService
  readonly members: MembersService<IssuedKey>
  readonly policies: PolicyService
  readonly keyAccess: KeyAccess
  readonly keyQueries: KeyQueries
  readonly createKey: CreateKey
  readonly updateKey: UpdateKey
  readonly rotateKey: RotateKey
  readonly suspendKey: SuspendKey
  readonly revokeKey: RevokeKey
  readonly audit: AuditQueries
  readonly denials: DenialRecorder
  readonly rates: CallerRates
  readonly warnings: ExpiryWarningsService
  /** Who a key speaks for. */
  readonly findPrincipal: (keyId: string) => Promise<Principal | null>
  readonly keyEvents: KeyEventFeed
  readonly warningFeed: ExpiryWarningFeed
  readonly tokens: TokenService
  readonly revocations: RevocationFeed
  readonly checkpoints: Checkpoints
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
  readonly loaders: Loaders
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
  loaders: createLoaders(services),
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
