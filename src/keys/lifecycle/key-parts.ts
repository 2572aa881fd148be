import type { AccessControl } from '../../access/access-control.ts'
import type { AuditLog } from '../../audit/audit-log.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { OrganizationDirectory } from '../../organizations/organization-directory.ts'
import type { Database } from '../../persistence/database.ts'
import type { PolicyDirectory } from '../../policies/policy-directory.ts'
import type { KeyAccess } from '../key-access.ts'

/** What the use cases of keys work with. */
export interface KeyParts {
  /** First part of each secret. */
  readonly prefix: string
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly keyAccess: KeyAccess
  readonly directory: OrganizationDirectory
  readonly policies: PolicyDirectory
  readonly log: AuditLog
}
