import { EntitySchema } from 'typeorm'
import * as column from '../persistence/columns.ts'

/** Leaks of an answered report that one transaction will write. It deletes the row. */
export interface PendingLeaksRow {
  id: string
  /** What was found: the LeakKind of all of them. */
  kind: string
  /** The organization of all of them; null where they have several. */
  organizationId: string | null
  reportedBy: string
  reportedAt: Date
  requestId: string | null
  ipAddress: string | null
  userAgent: string | null
  /** Number of leaks. */
  size: number
  /** The leaks, without the credentials that were found. */
  leaks: unknown
}

export const PendingLeaksEntity = new EntitySchema<PendingLeaksRow>({
  name: 'PendingLeaks',
  tableName: 'pending_leaks',
  columns: {
    id: column.id('id', { primary: true }),
    kind: column.text('kind', 10),
    organizationId: column.id('organization_id', { nullable: true }),
    reportedBy: column.text('reported_by', 20),
    reportedAt: column.instant('reported_at'),
    requestId: column.text('request_id', 128, { nullable: true }),
    ipAddress: column.text('ip_address', 45, { nullable: true }),
    userAgent: column.text('user_agent', 256, { nullable: true }),
    size: column.integer('size'),
    leaks: column.json('leaks'),
  },
})
