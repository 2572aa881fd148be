// What it costs to find the keys that are due, among few keys and among many. npm run bench:due [-- --postgres]

import { findNextDue, takeDueKeys } from '../src/expiry/expiry-warnings.store.ts'
import { KeyEntity } from '../src/keys/key.entity.ts'
import {
  grouped,
  heading,
  medianOf,
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

const measure = async (quarry: Quarry) => {
  const { database } = quarry
  const now = new Date()
  const taken = await database.write((writer) => takeDueKeys(writer, now, BATCH))
  if (taken.length !== BATCH) throw new Error(`${taken.length} keys were found due instead of ${BATCH}.`)
  return {
    next: await medianOf(RUNS, () => database.read(findNextDue)),
    take: await medianOf(RUNS, () => database.write((writer) => takeDueKeys(writer, now, BATCH))),
  }
}

const engine = wantedEngine()
heading(`Finding ${BATCH} due keys of ${DUE}, median of ${RUNS} runs`, engine)
const found: { size: number; next: number; take: number }[] = []
for (const size of SIZES) {
  const quarry = await openQuarry(engine, async (app) => {
    const { caller, organizationId } = await ownerOf(app)
    await app.parts.services.createKey.createApiKey(caller, { organizationId, name: 'first', grants: [] })
  })
  try {
    await multiply(quarry, size)
    await settle(quarry)
    found.push({ size, ...(await measure(quarry)) })
  } finally {
    await quarry.close()
  }
}
printTable(
  ['keys', 'findNextDue', 'takeDueKeys', 'together'],
  found.map(({ size, next, take }) => [
    grouped(size),
    milliseconds(next),
    milliseconds(take),
    milliseconds(next + take),
  ]),
)
const [least] = found
const most = found.at(-1)
if (least === undefined || most === undefined) throw new Error('Nothing was measured.')
const ratio = (most.next + most.take) / (least.next + least.take)
console.log(`\nlargest / smallest: ${ratio.toFixed(2)} (goal: under ${GOAL})`)
process.exitCode = ratio < GOAL ? 0 : 1
