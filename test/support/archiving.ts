import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AuditRetentionDocument,
  AuditVerificationDocument,
  UpdateAuditRetentionDocument,
} from '../../src/generated/graphql.ts'
import { boot, type TestApp } from './boot.ts'
import { createDatabase } from './engines.ts'
import { ManualClock } from './manual-clock.ts'

const DAY = 86_400

export interface ArchivingApp extends TestApp {
  readonly clock: ManualClock
  readonly archiveDirectory: string
  /** Sets how long an organization keeps its events. */
  keep(organizationId: string, keep: string | null): Promise<void>
  /** Signs what an audit log has, and lets so many days pass. */
  age(organizationId: string, days: number): Promise<void>
  /** Archives what is due. */
  archive(): Promise<void>
  retention(organizationId: string): Promise<{
    readonly keep?: string | null
    readonly state: string
    readonly firstSequence: number
    readonly base?: {
      readonly sequence: number
      readonly hash: string
      readonly signedAt: string
      readonly signature: string
    } | null
  }>
  verification(organizationId: string): Promise<{ readonly intact: boolean; readonly baseSequence: number }>
  /** The archives of an organization by name, and what is in them. */
  files(organizationId: string): Readonly<Record<string, string>>
  /** How many rows of events an organization has. */
  rows(organizationId: string): Promise<number>
}

/** A service with a directory for archives, and a clock that stands still. */
export const bootArchiving = async (
  engine: 'sqlite' | 'postgres',
  env: Record<string, string> = {},
): Promise<ArchivingApp> => {
  const clock = new ManualClock()
  const database = await createDatabase(engine)
  const directory = join(database.directory, 'archive')
  const app = await boot({ engine, clock, database, env: { KEYTURN_AUDIT_ARCHIVE_DIR: directory, ...env } })
  const { services, retention, sources } = app.app.parts
  return {
    ...app,
    clock,
    archiveDirectory: directory,
    keep: async (organizationId, keep) => {
      await app.owner.run(UpdateAuditRetentionDocument, { input: { organizationId, keep } })
    },
    age: async (organizationId, days) => {
      await services.checkpoints.store(organizationId)
      clock.advance(days * DAY)
    },
    archive: async () => {
      await retention?.pass()
    },
    retention: async (organizationId) => {
      const { organization } = await app.owner.run(AuditRetentionDocument, { organizationId })
      if (organization?.auditRetention == null) throw new Error('The retention could not be read.')
      return organization.auditRetention
    },
    verification: async (organizationId) => {
      const { organization } = await app.owner.run(AuditVerificationDocument, { organizationId })
      if (organization?.auditVerification == null) throw new Error('The log could not be verified.')
      return organization.auditVerification
    },
    files: (organizationId) => {
      const path = join(directory, organizationId)
      const names = existsSync(path) ? readdirSync(path).sort() : []
      return Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name), 'utf8')]))
    },
    rows: async (organizationId) => {
      const [row] = await sources.reading.query(
        `SELECT COUNT(*) AS count FROM audit_events WHERE organization_id = '${organizationId}'`,
      )
      return Number(row.count)
    },
  }
}
