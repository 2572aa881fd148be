import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'

/** A database of a test's own. */
export interface TestDatabase {
  readonly engine: 'sqlite' | 'postgres'
  readonly url: string
  /** An empty folder of the test's own, for whatever else it needs on disk. */
  readonly directory: string
  remove(): Promise<void>
}

const POSTGRES = { host: '127.0.0.1', port: 5432, user: 'postgres', database: 'postgres' } as const
export const REDIS_PORT = 6379

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
    // Long, because a process that is busy starting reads an immediate answer late.
    socket.setTimeout(15_000, () => settle(false))
  })

const wanted = async (name: string, port: number): Promise<boolean> => {
  if (await answers(port)) return true
  if (process.env.CI === 'true')
    throw new Error(`${name} does not answer at 127.0.0.1:${port}, and CI must test with it.`)
  console.warn(`\n!!! ${name} does not answer at 127.0.0.1:${port}: the suites that need it are SKIPPED.\n`)
  return false
}

/** The engines that this run is about; vitest.config.ts sets them for each of its projects. */
const selected = (process.env.KEYTURN_TEST_ENGINES ?? 'sqlite,postgres').split(',')

/** Whether tests on PostgreSQL run here. Without PostgreSQL they are skipped with a warning, and in CI they fail. */
export const postgresRuns = selected.includes('postgres') && (await wanted('PostgreSQL', POSTGRES.port))

/** Whether tests with Redis run here, likewise. */
export const redisRuns = selected.includes('postgres') && (await wanted('Redis', REDIS_PORT))
export const REDIS_URL = `redis://127.0.0.1:${REDIS_PORT}`

/** PostgreSQL where it runs, for what SQLite does not have: `describe.each(ON_POSTGRES)('...', () => ...)`. */
export const ON_POSTGRES: readonly 'postgres'[] = postgresRuns ? ['postgres'] : []

/** For what is about no engine, in a file that has ENGINES or ON_POSTGRES too: it runs once, on SQLite. */
export const ON_SQLITE: readonly 'sqlite'[] = selected.includes('sqlite') ? ['sqlite'] : []

/** For what can differ by engine: `describe.each(ENGINES)('... on %s', (engine) => ...)`. */
export const ENGINES: readonly ('sqlite' | 'postgres')[] = [...ON_SQLITE, ...ON_POSTGRES]

/** For random input: PostgreSQL, where it runs, rejects texts and numbers that SQLite takes. */
export const STRICTEST_ENGINE = postgresRuns ? 'postgres' : 'sqlite'

const withClient = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client(POSTGRES)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Runs a statement that is about databases. */
export const administer = async (statement: string): Promise<void> => {
  await withClient((client) => client.query(statement))
}

/** Drops all databases whose names begin so. */
export const dropDatabases = (prefix: string): Promise<void> =>
  withClient(async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [prefix],
    )
    for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`)
  })

export const postgresUrl = (name: string): string =>
  `postgres://${POSTGRES.user}@${POSTGRES.host}:${POSTGRES.port}/${name}`

/** A new database on the engine: empty, or on PostgreSQL a copy of another one. */
export const createDatabase = async (engine: 'sqlite' | 'postgres', template?: string): Promise<TestDatabase> => {
  const directory = mkdtempSync(join(tmpdir(), 'keyturn-test-'))
  const removeDirectory = () => rmSync(directory, { recursive: true, force: true })
  if (engine === 'sqlite')
    return {
      engine,
      directory,
      url: `sqlite:${join(directory, 'keyturn.db')}`,
      remove: async () => removeDirectory(),
    }
  const name = `keyturn_test_${randomBytes(6).toString('hex')}`
  await administer(`CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template}`}`)
  return {
    engine,
    directory,
    url: postgresUrl(name),
    remove: async () => {
      await administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
      removeDirectory()
    },
  }
}
