import type { AccessControl } from '../access/access-control.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../kernel/clock.ts'
import type { KeyAccess } from '../keys/key-access.ts'
import type { UsageRecorder } from '../keys/verification/usage-recorder.ts'
import type { LiveSubscriptions } from '../live/live-subscriptions.ts'
import type { Database } from '../persistence/database.ts'
import type { PolicyDirectory } from '../policies/policy-directory.ts'
import { ExpiryWarningFeed } from './expiry-warning-feed.ts'
import { ExpiryWarningsService } from './expiry-warnings.service.ts'
import { Sweeper } from './sweeper.ts'

export interface ExpiryParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly access: AccessControl
  readonly keyAccess: KeyAccess
  readonly policies: PolicyDirectory
  readonly usage: UsageRecorder
  readonly live: LiveSubscriptions
  /** Receives the error of a failed sweep. The next sweep covers the same keys. */
  readonly onFault: (error: unknown) => void
}

export interface Expiry {
  readonly sweeper: Sweeper
  readonly services: {
    readonly warnings: ExpiryWarningsService
    readonly warningFeed: ExpiryWarningFeed
  }
}

/** Constructs the sweeper and the services of expiry warnings. The sweeper must be started. */
export const createExpiry = (parts: ExpiryParts): Expiry => {
  const { database, clock, log, access, keyAccess, policies, usage, live, onFault } = parts
  return {
    sweeper: new Sweeper({ database, clock, policies, log, usage, onFault }),
    services: {
      warnings: new ExpiryWarningsService(database, clock, access, keyAccess, log),
      warningFeed: new ExpiryWarningFeed(live, database, access),
    },
  }
}
