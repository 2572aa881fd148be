import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DataSource, type DataSourceOptions, type EntitySchema } from 'typeorm'
import { SQLITE_DRIVER } from './sqlite-driver.ts'
import { type ConflictMessages, messagesByReport } from './violations.ts'

/** `sqlite:<file>` or `postgres://...`. */
export type DatabaseUrl = string
export type Engine = 'sqlite' | 'postgres'

export const engineOf = (url: DatabaseUrl): Engine => (url.startsWith('sqlite:') ? 'sqlite' : 'postgres')

/** All tables, and all migrations, oldest first. */
export interface Model {
  readonly entities: readonly EntitySchema[]
  // biome-ignore lint/complexity/noBannedTypes: TypeORM's own type of a migration class.
  readonly migrations: readonly Function[]
  readonly conflicts: ConflictMessages
}

export interface DataSources {
  readonly engine: Engine
  readonly reading: DataSource
  /** The same object as `reading` on PostgreSQL. */
  readonly writing: DataSource
  /** Messages for violations of unique indexes, by what the engine reports. */
  readonly conflicts: ConflictMessages
}

const POOL_SIZE = 16
const BUSY_TIMEOUT_MS = 3_000
/** 16 MB: the upper levels of all indexes of a million keys, which every insertion reads. */
const WRITER_CACHE = 'cache_size = -16000'

/** How long PostgreSQL may take, in milliseconds. A caller waits for a connection and for one statement at most. */
const LIMITS = {
  connection: 2_000,
  /** PostgreSQL itself ends a statement that takes longer. */
  statement: 2_500,
  /** Without an answer for so long the line or the server is frozen. */
  silence: 3_000,
  /** PostgreSQL ends a transaction whose instance is frozen: it may hold locks. */
  idleInTransaction: 5_000,
} as const

/** Whether statements are limited in time. Migrations and operator commands may take as long as they need. */
export type Patience = 'limited' | 'unlimited'

const STATEMENT_LIMITS = {
  query_timeout: LIMITS.silence,
  statement_timeout: LIMITS.statement,
  idle_in_transaction_session_timeout: LIMITS.idleInTransaction,
}

interface PoolClient {
  /** False while a query has had no answer. */
  readonly readyForQuery: boolean
  end(): Promise<void>
}

interface NewClient {
  on(event: 'error', listener: () => void): void
}

/**
 * A connection that breaks between two users of it has no listener of the pool or of TypeORM for a moment, and Node.js ends
 * the process for that. Its next query fails, which is all that has to happen.
 */
const outliveErrors = (client: NewClient): void => client.on('error', () => undefined)

interface Pool {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
  on(event: 'release', listener: (error: unknown, client: PoolClient) => void): void
}

/**
 * pg gives a query up after `query_timeout`, and leaves its connection waiting for the answer. The next user would wait for
 * it as well, so the pool must not keep such a connection.
 */
const dropBusyConnections = ({ driver }: DataSource): void => {
  const { master } = driver as typeof driver & { readonly master: Pool }
  master.on('release', (_error, client) => {
    if (!client.readyForQuery) void client.end()
  })
}

/** Connections of the pool of PostgreSQL, and queries that wait for one. */
export const poolUse = ({ writing: { driver } }: DataSources) => {
  const { totalCount, idleCount, waitingCount } = (driver as typeof driver & { readonly master: Pool }).master
  return { idle: idleCount, busy: totalCount - idleCount, waiting: waitingCount, max: POOL_SIZE }
}

const open = async (options: DataSourceOptions, pragmas: readonly string[]): Promise<DataSource> => {
  const source = await new DataSource(options).initialize()
  for (const pragma of pragmas) await source.query(`PRAGMA ${pragma}`)
  return source
}

/**
 * Opens the database. SQLite gets two connections to one WAL file, because TypeORM gives a DataSource one connection:
 * reads on the writer's connection would see uncommitted data and be part of its transaction.
 */
export const openDataSources = async (
  url: DatabaseUrl,
  model: Model,
  patience: Patience = 'unlimited',
): Promise<DataSources> => {
  const shared = {
    entities: [...model.entities],
    migrations: [...model.migrations],
    migrationsTransactionMode: 'each' as const,
    migrationsTableName: 'migrations',
    synchronize: false,
  }
  if (engineOf(url) === 'sqlite') {
    const database = url.slice('sqlite:'.length)
    mkdirSync(dirname(database), { recursive: true, mode: 0o700 })
    // Create the file with mode 0600: SQLite would make it world-readable. Its WAL files inherit the mode.
    closeSync(openSync(database, 'a', 0o600))
    const options = { ...shared, type: 'sqlite' as const, driver: SQLITE_DRIVER, database }
    // FULL: an acknowledged commit survives a power failure.
    const common = [`busy_timeout = ${BUSY_TIMEOUT_MS}`, 'foreign_keys = ON', 'synchronous = FULL']
    const writing = await open(options, ['journal_mode = WAL', ...common, 'wal_autocheckpoint = 2000', WRITER_CACHE])
    const reading = await open(options, [...common, 'query_only = ON'])
    return { engine: 'sqlite', reading, writing, conflicts: messagesByReport(writing, model.conflicts) }
  }
  const source = await open(
    {
      ...shared,
      type: 'postgres' as const,
      url,
      poolSize: POOL_SIZE,
      applicationName: 'keyturn',
      installExtensions: false,
      extra: {
        keepAlive: true,
        connectionTimeoutMillis: LIMITS.connection,
        onConnect: outliveErrors,
        options: '-c timezone=UTC',
        ...(patience === 'unlimited' ? {} : STATEMENT_LIMITS),
      },
    },
    [],
  )
  dropBusyConnections(source)
  return {
    engine: 'postgres',
    reading: source,
    writing: source,
    conflicts: messagesByReport(source, model.conflicts),
  }
}

export const closeDataSources = async ({ reading, writing }: DataSources): Promise<void> => {
  if (reading !== writing) await reading.destroy()
  await writing.destroy()
}
