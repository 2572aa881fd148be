import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DataSource, type DataSourceOptions, type EntitySchema, type MixedList } from 'typeorm'
import { SQLITE_DRIVER } from './sqlite-driver.ts'

/** `sqlite:<file>` or `postgres://...`; all that is known of the drivers is in this file. */
export type DatabaseUrl = string
export type Engine = 'sqlite' | 'postgres'

export const engineOf = (url: DatabaseUrl): Engine => (url.startsWith('sqlite:') ? 'sqlite' : 'postgres')

interface Model {
  readonly entities: readonly EntitySchema[]
  // biome-ignore lint/complexity/noBannedTypes: TypeORM's own type of a list of migration classes.
  readonly migrations: MixedList<Function>
}

export interface DataSources {
  readonly engine: Engine
  readonly reading: DataSource
  /** The same object as `reading` on PostgreSQL. */
  readonly writing: DataSource
}

const POOL_SIZE = 16
const BUSY_TIMEOUT_MS = 5_000

const open = async (options: DataSourceOptions, pragmas: readonly string[]): Promise<DataSource> => {
  const source = await new DataSource(options).initialize()
  for (const pragma of pragmas) await source.query(`PRAGMA ${pragma}`)
  return source
}

/**
 * Opens the database. On SQLite there are two connections to one WAL file: TypeORM gives a DataSource one connection,
 * and a reader that shared the writer's would see, and be undone with, the writer's open transaction.
 */
export const openDataSources = async (url: DatabaseUrl, model: Model): Promise<DataSources> => {
  const shared = {
    entities: [...model.entities],
    migrations: model.migrations,
    migrationsTransactionMode: 'each' as const,
    migrationsTableName: 'migrations',
    synchronize: false,
  }
  if (engineOf(url) === 'sqlite') {
    const database = url.slice('sqlite:'.length)
    mkdirSync(dirname(database), { recursive: true, mode: 0o700 })
    // For its owner alone from the beginning: SQLite would make it readable to all, and its other files as this one is.
    closeSync(openSync(database, 'a', 0o600))
    const options = { ...shared, type: 'sqlite' as const, driver: SQLITE_DRIVER, database }
    // FULL: a commit that was answered is on the disk, whatever happens to the power.
    const common = [`busy_timeout = ${BUSY_TIMEOUT_MS}`, 'foreign_keys = ON', 'synchronous = FULL']
    const writing = await open(options, ['journal_mode = WAL', ...common, 'wal_autocheckpoint = 2000'])
    const reading = await open(options, [...common, 'query_only = ON', 'mmap_size = 268435456'])
    return { engine: 'sqlite', reading, writing }
  }
  const source = await open(
    {
      ...shared,
      type: 'postgres' as const,
      url,
      poolSize: POOL_SIZE,
      applicationName: 'keyturn',
      installExtensions: false,
      extra: { connectionTimeoutMillis: 10_000, options: '-c timezone=UTC' },
    },
    [],
  )
  return { engine: 'postgres', reading: source, writing: source }
}

export const closeDataSources = async ({ reading, writing }: DataSources): Promise<void> => {
  if (reading !== writing) await reading.destroy()
  await writing.destroy()
}
