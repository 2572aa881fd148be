import { availableParallelism, cpus } from 'node:os'
import { pino } from 'pino'
import { type App, createApp } from '../../src/app.ts'
import type { Caller } from '../../src/audit/caller.ts'
import { causeOf } from '../../src/audit/caller.ts'
import { readConfig } from '../../src/config.ts'
import type { TestDatabase } from '../../test/support/engines.ts'

type Engine = 'sqlite' | 'postgres'

const MASTER_KEY = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

/** The engine that the command line asks for. */
export const wantedEngine = (): Engine => (process.argv.includes('--postgres') ? 'postgres' : 'sqlite')

/**
 * The app on a database, as it runs in production, without a log.
 *
 * @param env more of the environment, as KEYTURN_... variables
 * @param create the function of the build, where memory or processor time is measured: tsx adds to both
 */
export const startApp = (
  database: TestDatabase,
  env: Record<string, string> = {},
  create: typeof createApp = createApp,
): Promise<App> =>
  create({
    logger: pino({ level: 'silent' }),
    config: readConfig({
      KEYTURN_PORT: '0',
      KEYTURN_DATA_DIR: database.directory,
      KEYTURN_DATABASE_URL: database.url,
      KEYTURN_MASTER_KEY: MASTER_KEY,
      ...env,
    }),
  })

/** The owner whom the first start made, as services want a caller, and the owner's secret for those who come by HTTP. */
export const ownerOf = async (app: App): Promise<{ caller: Caller; organizationId: string; secret: string }> => {
  const { firstStart, parts } = app
  if (firstStart === null) throw new Error('A benchmark begins on an empty database.')
  const { ownerSecret: secret, organizationId } = firstStart
  const verification = await parts.verifier.verify(secret, null)
  if (!verification.valid) throw new Error('The key of the first start is not good.')
  const { principal } = verification.verified
  const origin = { requestId: 'bench', ipAddress: '127.0.0.1', userAgent: 'bench' }
  return { caller: { principal, cause: causeOf(principal, origin) }, organizationId, secret }
}

export const median = (samples: readonly number[]): number =>
  [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? Number.NaN

const WARM_UP_RUNS = 20

/**
 * Median milliseconds of each piece of work. They take turns, so that whatever else the machine does meanwhile falls on
 * all of them alike; the first runs do not count.
 */
export const mediansOf = async (runs: number, works: readonly (() => Promise<unknown>)[]): Promise<number[]> => {
  const samples = works.map((): number[] => [])
  for (let run = -WARM_UP_RUNS; run < runs; run += 1)
    for (const [index, work] of works.entries()) {
      const began = performance.now()
      await work()
      if (run >= 0) samples[index]?.push(performance.now() - began)
    }
  return samples.map(median)
}

export const heading = (title: string, engine: Engine): void => {
  const [cpu] = cpus()
  console.log(`\n${title}, ${engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'}`)
  console.log(`${availableParallelism()} cores (${cpu?.model.trim()}), Node.js ${process.version}\n`)
}

/** Prints rows under their heads, in columns. */
export const printTable = (heads: readonly string[], rows: readonly (readonly string[])[]): void => {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
  for (const row of [heads, widths.map((width) => '-'.repeat(width)), ...rows]) console.log(line(row).join('  '))
}

export const milliseconds = (value: number): string => `${value.toFixed(3)} ms`
export const grouped = (count: number): string => Math.round(count).toLocaleString('en-US')
