import type { Redis } from 'ioredis'
import type { DataSources } from '../persistence/data-source.ts'
import type { Database } from '../persistence/database.ts'
import { probeRead, probeWrite } from '../persistence/probes.ts'
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
  database: () => database.read(probeRead),
  writes: () => database.write(probeWrite),
})
