import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { grouped } from '../support/bench.ts'
import type { Share } from './profile.ts'
import { type GoalResult, type Results, type RowResult, readResults } from './results.ts'

const FILE = join(import.meta.dirname, '../../docs/performance.md')

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = heads.map((head, column) => Math.max(3, head.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [line(heads), rule, ...rows.map(line)].join('\n')
}

const figure = (value: number): string => (value >= 100 ? grouped(value) : String(Number(value.toPrecision(3))))
const verdict = (met: boolean | null): string => (met === null ? '' : met ? 'yes' : 'no')

const ratioText = ({ ratio }: GoalResult): string =>
  `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)})`

const contestantsOf = ({ contestants, goals }: RowResult): string =>
  table(
    ['', 'per second', 'CPU each', 'p99', 'Keyturn, times as fast', 'goal', 'met'],
    contestants.map(({ name, perSecond, cpuMicroseconds, p99Ms }) => {
      const goal = goals.find(({ peer }) => peer === name)
      return [
        name,
        figure(perSecond.median),
        `${figure(cpuMicroseconds.median)} us`,
        p99Ms === null ? '' : `${figure(p99Ms)} ms`,
        goal === undefined ? '' : ratioText(goal),
        goal?.atLeast == null ? '' : `at least ${goal.atLeast}`,
        verdict(goal?.met ?? null),
      ]
    }),
  )

const figuresOf = ({ figures }: RowResult): string =>
  table(
    ['', 'measured', 'goal', 'met'],
    figures.map(({ name, value, unit, atMost, met }) => [
      name,
      `${figure(value)} ${unit}`,
      atMost === undefined ? '' : `at most ${atMost.toLocaleString('en-US')}`,
      verdict(met),
    ]),
  )

const profileOf = (shares: readonly Share[]): string =>
  `Where the processor time goes: ${shares
    .map(({ where, share }) => `${where} ${(100 * share).toFixed(0)} %`)
    .join(', ')}.`

const rowText = (row: RowResult, shares: readonly Share[] | undefined): string => {
  if (row.error !== null) return `Not measured: ${row.error}`
  const drifted = row.rejectedRuns > 0 ? [`The first run was rejected: its ratios moved while it ran.`] : []
  return [
    row.contestants.length > 0 ? contestantsOf(row) : figuresOf(row),
    ...drifted,
    ...(shares === undefined || shares.length === 0 ? [] : [profileOf(shares)]),
  ].join('\n\n')
}

const machineText = ({ machine, node, loadGenerator, rows }: Results): string => {
  const dates = rows.map(({ date }) => date.slice(0, 10)).sort()
  const loads = rows.map(({ loadAverage }) => loadAverage)
  return `Measured ${dates.at(-1)} on ${machine.cores} cores of an ${machine.cpu}, ${machine.memoryGib} GiB of memory, Node.js ${node}, load by ${loadGenerator}. Load average of the rows: ${Math.min(...loads)} to ${Math.max(...loads)}.`
}

/** Puts the results between the markers of docs/performance.md: `<!-- bench:ID -->` and `<!-- /bench -->`. */
export const writeDocs = (): void => {
  const results = readResults()
  if (results === null) throw new Error('There are no results yet: npm run bench')
  const text = readFileSync(FILE, 'utf8').replace(
    /(<!-- bench:(\S+) -->\n)[\s\S]*?(\n<!-- \/bench -->)/g,
    (_, begin: string, id: string, end: string) => {
      const row = results.rows.find((candidate) => candidate.id === id)
      const content =
        id === 'machine'
          ? machineText(results)
          : row === undefined
            ? 'Not measured.'
            : rowText(row, results.profiles[id])
      return `${begin}\n${content}\n${end}`
    },
  )
  writeFileSync(FILE, text)
}
