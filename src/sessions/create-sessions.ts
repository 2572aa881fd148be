import type { AuditLog } from '../audit/audit-log.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import type { Clock } from '../kernel/clock.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import type { UsageRecorder } from '../keys/verification/usage-recorder.ts'
import type { Database } from '../persistence/database.ts'
import { type ProviderClient, ProviderSignIn, type SignInCipher } from './provider-sign-in.ts'
import { SessionEndings } from './session-endings.ts'
import { SessionSweeper } from './session-sweeper.ts'
import { SessionVerifier } from './session-verifier.ts'
import { SessionsService } from './sessions.service.ts'
import { CodeVerifier } from './sign-in-codes.ts'
import { StartSession } from './start-session.ts'

export interface SessionsParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly denials: DenialRecorder
  readonly keyFacts: KeyFactsCache
  readonly usage: UsageRecorder
  /** The client of the identity provider; null where people sign in with keys alone. */
  readonly provider: (ProviderClient & { readonly cipher: SignInCipher }) | null
  /** Receives the failures of the identity provider. */
  readonly onProviderFault: (error: unknown) => void
  /** Receives the error of a failed sweep. The next sweep covers the same sessions. */
  readonly onFault: (error: unknown) => void
}

export interface Sessions {
  readonly verifier: SessionVerifier
  readonly codes: CodeVerifier
  readonly startSession: StartSession
  /** Signs people in at the identity provider; null where none is configured. */
  readonly providerSignIn: ProviderSignIn | null
  readonly sweeper: SessionSweeper
  /** What resolvers and routes call. */
  readonly services: { readonly sessions: SessionsService }
}

/** Constructs the sessions of people at the console. The sweeper must be started. */
export const createSessions = (parts: SessionsParts): Sessions => {
  new SessionEndings(parts.log, parts.clock)
  return {
    verifier: new SessionVerifier(parts),
    codes: new CodeVerifier(parts),
    startSession: new StartSession(parts),
    providerSignIn:
      parts.provider === null
        ? null
        : new ProviderSignIn({ ...parts.provider, clock: parts.clock, onFault: parts.onProviderFault }),
    sweeper: new SessionSweeper(parts),
    services: { sessions: new SessionsService(parts.database, parts.log) },
  }
}
