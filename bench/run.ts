// Keyturn beside the limits of the machine and beside its alternatives: npm run bench [-- --quick] [-- --only=ID,...].

import { removeDataSets } from './harness/datasets.ts'
import { installPeers } from './harness/peers.ts'
import { type Options, readOptions } from './harness/options.ts'
import { type RowResult, saveProfile, saveRows } from './harness/results.ts'
import type { Row } from './harness/row.ts'
import { profileRow, runRow } from './harness/run-row.ts'
import { printMachine, printProfile, printRow, printSummary } from './harness/tables.ts'
import { writeDocs } from './harness/write-docs.ts'
import { CREATE_ROWS } from './rows/create-keys.ts'
import { DATABASE_ROWS } from './rows/database.ts'
import { GRAPHQL_ROWS } from './rows/graphql.ts'
import { OAUTH_ROWS } from './rows/oauth.ts'
import { PROCESS_ROWS } from './rows/process.ts'
import { SUBSCRIBER_ROWS } from './rows/subscribers.ts'

const ROWS: readonly Row[] = [
  ...OAUTH_ROWS,
  ...GRAPHQL_ROWS,
  ...CREATE_ROWS,
  ...DATABASE_ROWS,
  ...SUBSCRIBER_ROWS,
  ...PROCESS_ROWS,
]

/** Measures the rows, and prints and stores each as soon as it is measured. */
const measureAll = async (rows: readonly Row[], options: Options): Promise<void> => {
  const results: RowResult[] = []
  for (const row of rows) {
    const result = await runRow(row, options)
    printRow(result)
    results.push(result)
    saveRows(results)
  }
  printSummary(results)
  process.exitCode = results.every(({ error }) => error === null) ? 0 : 1
}

const profileAll = async (rows: readonly Row[], options: Options): Promise<void> => {
  for (const row of rows) {
    const shares = await profileRow(row, options).catch((error: unknown) => {
      console.log(`\n${row.id}: ${error instanceof Error ? error.message : error}`)
      return []
    })
    if (shares.length === 0) continue
    printProfile(row, shares)
    saveProfile(row.id, shares)
  }
}

const options = readOptions(process.argv.slice(2))
const unknown = options.only.filter((id) => !ROWS.some((row) => row.id === id))
if (unknown.length > 0) throw new Error(`Unknown rows: ${unknown.join(', ')}. See: npm run bench -- --list`)
const isWanted = ({ id, long }: Row): boolean =>
  options.only.length === 0 ? !(options.quick && long === true) : options.only.includes(id)
const wanted = ROWS.filter(isWanted)
if (options.list) {
  for (const { id, title } of ROWS) console.log(`${id.padEnd(20)}${title}`)
} else if (options.writeDocs) {
  writeDocs()
} else {
  installPeers()
  printMachine()
  await (options.profile ? profileAll(wanted, options) : measureAll(wanted, options))
  if (!options.keep) removeDataSets()
}
