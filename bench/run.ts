// Keyturn beside the limits of the machine and beside its alternatives: npm run bench [-- --quick] [-- --only=ID,...].

import { removeDataSets } from './harness/datasets.ts'
import { installPeers } from './harness/peers.ts'
import { type Options, readOptions } from './harness/options.ts'
import { type RowResult, rowResult, saveResults } from './harness/results.ts'
import { measure } from './harness/rounds.ts'
import { Cleanup, type Row, type RowContext } from './harness/row.ts'
import { printMachine, printRow, printSummary } from './harness/tables.ts'
import { CREATE_ROWS } from './rows/create-keys.ts'
import { DATABASE_ROWS } from './rows/database.ts'
import { GRAPHQL_ROWS } from './rows/graphql.ts'
import { LIVE_ROWS } from './rows/live.ts'
import { OAUTH_ROWS } from './rows/oauth.ts'
import { PROCESS_ROWS } from './rows/process.ts'
import { SUBSCRIBER_ROWS } from './rows/subscribers.ts'

const ROWS: readonly Row[] = [
  ...OAUTH_ROWS,
  ...GRAPHQL_ROWS,
  ...CREATE_ROWS,
  ...DATABASE_ROWS,
  ...LIVE_ROWS,
  ...SUBSCRIBER_ROWS,
  ...PROCESS_ROWS,
]

const outcomeOf = async (row: Row, context: RowContext, { pace, metric }: Options) => {
  if (row.kind === 'figures') return { figures: await row.measure(context) }
  const contestants = await row.open(context)
  const seconds = Math.max(pace.seconds, row.seconds ?? 0)
  return { row, measured: await measure(contestants, { ...pace, seconds }, metric, context.say) }
}

/** Measures a row. A row that fails is reported, and the others go on. */
const runRow = async (row: Row, options: Options): Promise<RowResult> => {
  const { quick, pace, metric } = options
  const cleanup = new Cleanup()
  const began = performance.now()
  const say = (line: string) => console.log(`${row.id}: ${line}`)
  const outcome = await outcomeOf(row, { cleanup, pace, metric, quick, say }, options).catch((error: unknown) => ({
    error: error instanceof Error ? error.message : String(error),
  }))
  await cleanup.run()
  return rowResult(row, outcome, { metric, quick, seconds: (performance.now() - began) / 1_000 })
}

const options = readOptions(process.argv.slice(2))
const unknown = options.only.filter((id) => !ROWS.some((row) => row.id === id))
if (unknown.length > 0) throw new Error(`Unknown rows: ${unknown.join(', ')}. See: npm run bench -- --list`)
const wanted = ROWS.filter(({ id }) => options.only.length === 0 || options.only.includes(id))
if (options.list) {
  for (const { id, title } of ROWS) console.log(`${id.padEnd(20)}${title}`)
} else {
  installPeers()
  printMachine()
  const results: RowResult[] = []
  for (const row of wanted) {
    const result = await runRow(row, options)
    printRow(result)
    results.push(result)
    saveResults(results)
  }
  if (!options.keep) removeDataSets()
  printSummary(results)
  process.exitCode = results.every(({ error }) => error === null) ? 0 : 1
}
