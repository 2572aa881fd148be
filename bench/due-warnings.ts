// What it costs to find the keys that are due, among few keys and among many. npm run bench:due [-- --postgres]

import { findNextDue, takeDueKeys } from '../src/expiry/expiry-warnings.store.ts'
import { KeyEntity } from '../src/keys/key.entity.ts'
import {
  filling,
  grouped,
  heading,
  mediansOf,
  milliseconds,
  openQuarry,
  ownerOf,
  printTable,
  type Quarry,
  settle,
  wantedEngine,
} from './support/bench.ts'

const SIZES = [10_000, 100_000, 1_000_000]
const DUE = 500
const BATCH = 100
const RUNS = 200
const GOAL = 2

/** Values that differ from the first key's, by column, as SQL in which `n` counts the keys. */
const VARIED = {
  sqlite: {
    hex: 'lower(hex(randomblob(16)))',
    instant: (seconds: string) => `strftime('%Y-%m-%dT%H:%M:%fZ', 'now', (${seconds}) || ' seconds')`,
    series: (count: number) =>
      `(WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ${count}) SELECT n FROM series)`,
  },
  postgres: {
    hex: "replace(gen_random_uuid()::text, '-', '')",
    instant: (seconds: string) =>
      `to_char(now() AT TIME ZONE 'UTC' + (${seconds}) * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    series: (count: number) => `generate_series(1, ${count})`,
  },
} as const

/**
 * Multiplies the one API key that is there. Some are due, one in ten is not waited for any more, and the others are due
 * at some time of the next year, in no order.
 */
const multiply = async ({ sources, database }: Quarry, count: number): Promise<void> => {
  const { hex, instant, series } = VARIED[sources.engine]
  const someTime = '3600 + (series.n * 7919) % 31536000'
  const varied: Readonly<Record<string, string>> = {
    id: `'key_' || ${hex}`,
    name: "'key ' || series.n",
    active_name: "'key ' || series.n",
    search_text: "'key ' || series.n",
    created_at: instant('-series.n'),
    expires_at: instant(`${someTime} + 86400`),
    due_at: `CASE WHEN series.n <= ${DUE} THEN ${instant('-series.n')} WHEN series.n % 10 = 0 THEN NULL ELSE ${instant(someTime)} END`,
  }
  const columns = sources.writing.getMetadata(KeyEntity).columns.map((column) => column.databaseName)
  const values = columns.map((column) => varied[column] ?? `k.${column}`)
  await database.write((writer) =>
    writer.query(
      `INSERT INTO keys (${columns.join(', ')}) SELECT ${values.join(', ')}
       FROM ${series(count - 1)} AS series${sources.engine === 'postgres' ? '(n)' : ''}
       CROSS JOIN (SELECT * FROM keys WHERE kind = 'API_KEY' LIMIT 1) AS k`,
    ),
  )
}

const openWith = async (size: number): Promise<Quarry> => {
  const quarry = await openQuarry(engine, async (app) => {
    const { caller, organizationId } = await ownerOf(app)
    await app.parts.services.createKey.createApiKey(caller, { organizationId, name: 'first', grants: [] })
  })
  opened.push(quarry)
  await filling(quarry, () => multiply(quarry, size))
  await settle(quarry)
  return quarry
}

const engine = wantedEngine()
heading(`Finding ${BATCH} due keys of ${DUE}, median of ${RUNS} runs`, engine)
const opened: Quarry[] = []
try {
  const quarries: Quarry[] = []
  for (const size of SIZES) quarries.push(await openWith(size))
  const now = new Date()
  const take = ({ database }: Quarry) => database.write((writer) => takeDueKeys(writer, now, BATCH))
  for (const quarry of quarries)
    if ((await take(quarry)).length !== BATCH) throw new Error(`There are not ${BATCH} keys due.`)
  const next = await mediansOf(
    RUNS,
    quarries.map(
      ({ database }) =>
        () =>
          database.read(findNextDue),
    ),
  )
  const taking = await mediansOf(
    RUNS,
    quarries.map((quarry) => () => take(quarry)),
  )
  const together = SIZES.map((_, index) => (next[index] ?? 0) + (taking[index] ?? 0))
  printTable(
    ['keys', 'findNextDue', 'takeDueKeys', 'together'],
    SIZES.map((size, index) => [
      grouped(size),
      ...[next, taking, together].map((column) => milliseconds(column[index] ?? Number.NaN)),
    ]),
  )
  const ratio = (together.at(-1) ?? Number.NaN) / (together[0] ?? Number.NaN)
  console.log(`\nlargest / smallest: ${ratio.toFixed(2)} (goal: under ${GOAL})`)
  process.exitCode = ratio < GOAL ? 0 : 1
} finally {
  for (const quarry of opened) await quarry.close()
}
