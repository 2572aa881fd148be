import type { Redis } from 'ioredis'
import type { DataSources } from '../persistence/data-source.ts'
import type { Database, Writer } from '../persistence/database.ts'
import type { ReadinessCheck } from './operations-routes.ts'

export interface ReadinessParts {
  readonly database: Database
  readonly sources: DataSources
  /** Null if no Redis is configured. */
  readonly redis: Redis | null
}

/** The dependencies that `/readyz` checks, by the name that a failing one is reported as. */
export const readinessChecks = ({
  database,
  sources,
  redis,
}: ReadinessParts): Readonly<Record<string, ReadinessCheck>> => ({
  ...(redis === null ? {} : { redis: async () => void (await redis.ping()) }),
  migrations: async () => {
    if (await sources.writing.showMigrations()) throw new Error('The database has pending migrations.')
  },
  database: () => database.read(async (reader) => void (await reader.query('SELECT 1'))),
  writes: () => database.write(writeSomething),
})

let written = 0

/** Commits a write that leaves no row behind: a full disk, or a standby, lets reads succeed. */
const writeSomething = async (writer: Writer): Promise<void> => {
  written = 1 - written
  await writer.query(
    writer.engine === 'sqlite'
      ? `PRAGMA user_version = ${written}`
      : "SELECT pg_logical_emit_message(true, 'keyturn', 'readiness')",
  )
}
