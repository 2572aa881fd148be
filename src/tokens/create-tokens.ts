import type { AccessControl } from '../access/access-control.ts'
import { Authenticator } from '../access/authenticator.ts'
import type { CallerRates } from '../access/caller-rates.ts'
import type { FailureLimiter } from '../access/failure-limiter.ts'
import type { CredentialStrategy, CredentialVerifier } from '../access/verification.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import type { GroupedAppends } from '../audit/grouped-appends.ts'
import type { Clock } from '../kernel/clock.ts'
import type { StopStack } from '../kernel/stop-stack.ts'
import type { RevokeKey } from '../keys/lifecycle/revoke-key.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import type { KeyVerifier } from '../keys/verification/key-verifier.ts'
import type { UsageRecorder } from '../keys/verification/usage-recorder.ts'
import type { AuditFeed } from '../live/audit-feed.ts'
import type { LiveSubscriptions } from '../live/live-subscriptions.ts'
import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import type { Database } from '../persistence/database.ts'
import type { PolicyDirectory } from '../policies/policy-directory.ts'
import { ApiTokenVerifier } from './api-token-verifier.ts'
import { BaseSigner } from './base-signature.ts'
import type { AuditCheckpointRow } from './checkpoint.entity.ts'
import { CheckpointKeys } from './checkpoint-keys.ts'
import { CheckpointSchedule } from './checkpoint-schedule.ts'
import { Checkpoints } from './checkpoints.ts'
import { ClientAuthenticator } from './client-authenticator.ts'
import { EndingAnnouncer } from './ending-announcer.ts'
import { Exchange } from './exchange.ts'
import { Introspect } from './introspect.ts'
import { IssuanceCheck } from './issuance-check.ts'
import type { MasterKeys } from './master-keys.ts'
import { RevocationFeed } from './revocation-feed.ts'
import { RevocationRanges } from './revocation-range.ts'
import { RevokeToken } from './revoke-token.ts'
import { RevokedTokens } from './revoked-tokens.ts'
import type { SigningAlgorithm } from './signing-key.entity.ts'
import { SigningKeys } from './signing-keys.ts'
import { TokenIssuer } from './token-issuer.ts'
import { TokenOrganizations } from './token-organizations.ts'
import { TokenSignatures } from './token-signatures.ts'
import { TokenVerifier } from './token-verifier.ts'
import { UnknownCredentials } from './unknown-credentials.ts'

export interface TokensParts {
  /** Issuer of tokens and audience of Keyturn's own API: the public URL. */
  readonly issuer: string
  /** Audience of a token whose request names none. */
  readonly defaultAudience: string
  readonly algorithm: SigningAlgorithm
  readonly masterKeys: MasterKeys
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly directory: OrganizationDirectory
  readonly policies: PolicyDirectory
  readonly log: AuditLog
  readonly appends: GroupedAppends
  readonly feed: AuditFeed
  readonly live: LiveSubscriptions
  readonly denials: DenialRecorder
  readonly failures: FailureLimiter
  readonly rates: CallerRates
  readonly keyFacts: KeyFactsCache
  readonly keyVerifier: KeyVerifier
  readonly usage: UsageRecorder
  readonly revokeKey: RevokeKey
  /** Strategies for bearer credentials besides secrets and access tokens. They are tried before access tokens. */
  readonly otherStrategies: readonly CredentialStrategy[]
  /** Verifies the cookies of console sessions. */
  readonly sessionVerifier: CredentialVerifier
  /** Receives the errors of background work. */
  readonly onFault: (error: unknown, what: string) => void
  /** Receives each stored checkpoint, so that a log outside of the database has it as well. */
  readonly onCheckpoint: (checkpoint: AuditCheckpointRow) => void
  /** Receives the error of a checkpoint that could not be made. */
  readonly onCheckpointFault: (error: unknown) => void
}

export interface Tokens {
  /** What the resolvers call. */
  readonly services: {
    readonly exchange: Exchange
    readonly introspect: Introspect
    readonly revokeToken: RevokeToken
    readonly revocations: RevocationFeed
    readonly revocationRanges: RevocationRanges
    readonly checkpoints: Checkpoints
  }
  readonly authenticator: Authenticator
  readonly clients: ClientAuthenticator
  readonly signingKeys: SigningKeys
  readonly checkpointKeys: CheckpointKeys
  readonly baseSigner: BaseSigner
  readonly tokenVerifier: TokenVerifier
  readonly signatures: TokenSignatures
  /** To be started after the first start has created its organization. */
  readonly checkpointSchedule: CheckpointSchedule
  /** Starts the signing keys and the list of revoked tokens. Throws WrongMasterKey. */
  readonly start: (stack: StopStack) => Promise<void>
}

/** Constructs access tokens, the authentication of callers, and audit checkpoints, which the same keys sign. */
export const createTokens = (parts: TokensParts): Tokens => {
  const { issuer, database, clock, access, directory, log, feed, denials, keyFacts, keyVerifier } = parts
  const faultOf = (what: string) => (error: unknown) => parts.onFault(error, what)

  new EndingAnnouncer(log, clock, directory)
  const signingKeys = new SigningKeys({ ...parts, onFault: faultOf('Maintenance of the signing keys failed') })
  const signatures = new TokenSignatures(issuer, signingKeys)
  const revoked = new RevokedTokens(database, clock, feed, faultOf('The revoked tokens could not be read'))
  const tokenVerifier = new TokenVerifier({ ...parts, signatures, revoked })

  const unknown = new UnknownCredentials(database, denials)
  const authenticator = new Authenticator({
    // The identity provider before access tokens: both are JWTs, and it recognizes only those of its issuer.
    strategies: [keyVerifier, ...parts.otherStrategies, new ApiTokenVerifier(tokenVerifier, issuer)],
    sessions: parts.sessionVerifier,
    failures: parts.failures,
    recordUnknown: ({ auditReason }, from) =>
      unknown.record(auditReason === 'token' || auditReason === 'session' ? auditReason : 'unknown', from),
  })
  const clients = new ClientAuthenticator({ authenticator, keyVerifier, keyFacts, denials })
  const tokenIssuer = new TokenIssuer({
    ...parts,
    signingKeys,
    organizations: new TokenOrganizations(database, clock),
    check: new IssuanceCheck({ database, clock, access, keyFacts }),
  })

  const checkpointKeys = new CheckpointKeys(database, clock, parts.masterKeys)
  const checkpoints = new Checkpoints({ ...parts, signingKeys, checkpointKeys, onStored: parts.onCheckpoint })
  const checkpointSchedule = new CheckpointSchedule({ database, clock, checkpoints, onFault: parts.onCheckpointFault })
  log.onCommit((events) => {
    for (const event of events) checkpointSchedule.committed(event)
  })

  return {
    services: {
      exchange: new Exchange({ ...parts, authenticator, clients, tokenVerifier, tokenIssuer }),
      introspect: new Introspect({ issuer, access, authenticator, keyVerifier, tokenVerifier }),
      revokeToken: new RevokeToken({ ...parts, signatures }),
      revocations: new RevocationFeed(parts.live, access),
      revocationRanges: new RevocationRanges(database, access, clock),
      checkpoints,
    },
    authenticator,
    clients,
    signingKeys,
    checkpointKeys,
    tokenVerifier,
    signatures,
    baseSigner: new BaseSigner({ issuer, clock, signingKeys, checkpointKeys }),
    checkpointSchedule,
    start: async (stack) => {
      stack.push(() => signingKeys.stop())
      await signingKeys.start()
      stack.push(() => revoked.stop())
      await revoked.start()
    },
  }
}
