import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sqlite3 from 'sqlite3'
import { createKey, startKeyturn } from './keyturn.ts'
import { Cleanup, type RowContext } from './row.ts'

const CACHE = join(tmpdir(), 'keyturn-bench-cache')
const BUILD = join(import.meta.dirname, '../../dist/.built-from')
const FILLING_CACHE_KIB = 1_000_000

/** What is known of a data set. */
export interface DataSet {
  readonly directory: string
  /** Of the owner. */
  readonly secret: string
  readonly organizationId: string
}

/** Statements on a database that nobody else uses. */
export interface Filling {
  readonly run: (sql: string, parameters?: readonly unknown[]) => Promise<void>
  readonly all: <Row>(sql: string, parameters?: readonly unknown[]) => Promise<readonly Row[]>
}

const open = (file: string): Filling & { readonly close: () => Promise<void> } => {
  const database = new sqlite3.Database(file)
  return {
    run: (sql, parameters = []) =>
      new Promise((resolve, reject) => {
        database.run(sql, parameters, (error) => (error === null ? resolve() : reject(error)))
      }),
    all: <Row>(sql: string, parameters: readonly unknown[] = []) =>
      new Promise<Row[]>((resolve, reject) => {
        database.all(sql, parameters, (error: Error | null, rows: Row[]) =>
          error === null ? resolve(rows) : reject(error),
        )
      }),
    close: promisify(database.close.bind(database)),
  }
}

const column = (name: string): string => `"${name}"`

/**
 * Copies one row `count` times. `varied` has SQL for the columns that differ; in it, `n` counts from 1. Indexes and triggers are
 * made anew afterwards, which is faster than to keep them up to date.
 *
 * @param indexes which of the indexes; all where it is left out
 */
export const multiply = async (
  { run, all }: Filling,
  table: string,
  where: string,
  count: number,
  varied: Readonly<Record<string, string>>,
  indexes: (name: string) => boolean = () => true,
): Promise<void> => {
  const derived = await all<{ readonly type: string; readonly name: string; readonly sql: string }>(
    "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
    [table],
  )
  for (const { type, name } of derived) await run(`DROP ${type} ${column(name)}`)
  const columns = await all<{ readonly name: string }>(`PRAGMA table_info(${table})`)
  const values = columns.map(({ name }) => varied[name] ?? `template.${column(name)}`)
  await run(
    `WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ${count})
     INSERT INTO ${table} (${columns.map(({ name }) => column(name)).join(', ')})
     SELECT ${values.join(', ')} FROM series CROSS JOIN (SELECT * FROM ${table} WHERE ${where} LIMIT 1) AS template`,
  )
  for (const { name, sql } of derived) if (indexes(name)) await run(sql)
}

/** An id of number `n`, in the order of the numbers, so that an index on it grows at its end. */
export const idSql = (prefix: string): string => `'${prefix}_' || printf('%012x', n) || '40008000000000000000'`

/** SQL of an instant: so many seconds from now, or before. */
export const instantSql = (seconds: string): string =>
  `strftime('%Y-%m-%dT%H:%M:%fZ', 'now', (${seconds}) || ' seconds')`

/** Whatever was generated, unless it is kept for the next run. */
export const removeDataSets = (): void => rmSync(CACHE, { recursive: true, force: true })

const create = async (context: RowContext, directory: string, fill: (filling: Filling) => Promise<void>) => {
  mkdirSync(directory, { recursive: true })
  const cleanup = new Cleanup()
  try {
    const keyturn = await startKeyturn({ ...context, cleanup, profileFlags: () => [] }, { directory })
    await createKey(keyturn, { name: 'template', grants: [{ module: 'keys', role: 'VIEWER' }] })
    await keyturn.server.stop()
    const database = open(join(directory, 'keyturn.db'))
    // A crash while it is filled costs the data set alone.
    for (const pragma of ['journal_mode = DELETE', 'synchronous = OFF', `cache_size = -${FILLING_CACHE_KIB}`])
      await database.all(`PRAGMA ${pragma}`)
    await fill(database)
    await database.all('PRAGMA journal_mode = WAL')
    await database.close()
    return { directory, secret: keyturn.secret, organizationId: keyturn.organizationId }
  } finally {
    await cleanup.run()
  }
}

/** A database of the service with more in it, generated once and found again by its name while it is kept. */
export const dataSet = async (
  context: RowContext,
  name: string,
  fill: (filling: Filling) => Promise<void>,
): Promise<DataSet> => {
  const build = existsSync(BUILD) ? readFileSync(BUILD, 'utf8').slice(0, 12) : 'unknown'
  const directory = join(CACHE, `${name}-${build}`)
  const facts = join(directory, 'facts.json')
  if (existsSync(facts)) return JSON.parse(readFileSync(facts, 'utf8')) as DataSet
  rmSync(directory, { recursive: true, force: true })
  const began = performance.now()
  const set = await create(context, directory, fill)
  writeFileSync(facts, JSON.stringify(set))
  context.say(`generated ${name} in ${Math.round((performance.now() - began) / 1_000)} s`)
  return set
}
