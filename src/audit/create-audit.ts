import type { AccessControl } from '../access/access-control.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import type { FindAnchors } from './audit-anchor.ts'
import { AuditLog, type EventPublisher } from './audit-log.ts'
import { AuditQueries, type IsKnownId } from './audit-queries.ts'
import { AuditVerifier } from './audit-verifier.ts'
import { DenialRecorder } from './denial-recorder.ts'
import { GroupedAppends } from './grouped-appends.ts'

export interface AuditParts {
  readonly database: Database
  readonly clock: Clock
  /** Receives committed events. */
  readonly publisher: EventPublisher
  /** Receives the error if counted denials could not be written. They are written with the next ones. */
  readonly onDenialFault: (error: unknown) => void
  /** Receives the size of each append, and its time until the commit. */
  readonly onAppended?: (events: number, seconds: number) => void
}

export interface Audit {
  readonly log: AuditLog
  readonly denials: DenialRecorder
  readonly appends: GroupedAppends
}

/** Constructs what writes to the audit logs. */
export const createAudit = ({ database, clock, publisher, onDenialFault, onAppended }: AuditParts): Audit => {
  const log = new AuditLog(clock, publisher, onAppended)
  return {
    log,
    denials: new DenialRecorder(database, clock, log, onDenialFault),
    appends: new GroupedAppends(database, log),
  }
}

export interface AuditQueriesParts {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly isKnownId: IsKnownId
  readonly findAnchors: FindAnchors
}

/** Constructs what reads and verifies the audit logs. */
export const createAuditQueries = ({
  database,
  clock,
  access,
  isKnownId,
  findAnchors,
}: AuditQueriesParts): AuditQueries =>
  new AuditQueries(database, access, isKnownId, new AuditVerifier(database, clock, findAnchors))
