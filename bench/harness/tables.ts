import { availableParallelism, cpus, loadavg } from 'node:os'
import { grouped, printTable } from '../support/bench.ts'
import { LOAD_GENERATOR } from './http-load.ts'
import type { Share } from './profile.ts'
import type { RowResult } from './results.ts'
import type { Row } from './row.ts'

const verdict = (met: boolean | null): string => (met === null ? '' : met ? 'met' : 'MISSED')
const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`

/** What a run is measured on. */
export const printMachine = (): void => {
  const [cpu] = cpus()
  console.log(`${availableParallelism()} cores (${cpu?.model.trim()}), Node.js ${process.version}, ${LOAD_GENERATOR}`)
  console.log(
    `load average ${loadavg()
      .map((value) => value.toFixed(2))
      .join(', ')}`,
  )
}

const printContestants = ({ contestants, goals }: RowResult): void => {
  const rows = contestants.map(({ name, perSecond, cpuMicroseconds, p99Ms }) => {
    const goal = goals.find(({ peer }) => peer === name)
    const spread = goal === undefined ? '' : `${goal.ratio.min.toFixed(2)}-${goal.ratio.max.toFixed(2)}`
    return [
      name,
      grouped(perSecond.median),
      `${grouped(perSecond.min)}-${grouped(perSecond.max)}`,
      cpuMicroseconds.median.toFixed(1),
      p99Ms === null ? '' : p99Ms.toFixed(1),
      goal === undefined ? '' : goal.ratio.median.toFixed(2),
      spread,
      goal?.atLeast == null ? '' : `>= ${goal.atLeast}`,
      verdict(goal?.met ?? null),
    ]
  })
  printTable(['', 'per second', 'spread', 'CPU us', 'p99 ms', 'ratio', 'spread', 'goal', ''], rows)
}

/** One row, as soon as it is measured. */
export const printRow = (row: RowResult): void => {
  const metric = row.metric === 'cpu' ? 'ratios of processor time' : 'ratios of requests per second'
  console.log(`\n${row.id}: ${row.title} (${row.seconds} s, load average ${row.loadAverage}, ${metric})`)
  if (row.error !== null) console.log(`FAILED: ${row.error}`)
  if (row.contestants.length > 0) printContestants(row)
  if (row.figures.length > 0)
    printTable(
      ['', 'value', '', 'goal', ''],
      row.figures.map(({ name, value, unit, atMost, met }) => [
        name,
        String(value),
        unit,
        atMost === undefined ? '' : `<= ${atMost}`,
        verdict(met),
      ]),
    )
  if (row.drift !== null && row.rejectedRuns > 0)
    console.log(`${row.rejectedRuns} run rejected; the ratios of this one moved by ${percent(row.drift)}`)
}

/** All goals in one table, at the end. */
export const printSummary = (rows: readonly RowResult[]): void => {
  const lines = rows.flatMap((row) => [
    ...(row.error === null ? [] : [[row.id, 'failed', '', '', 'MISSED']]),
    ...row.goals
      .filter(({ atLeast }) => atLeast !== null)
      .map(({ peer, ratio, atLeast, met }) => [row.id, peer, ratio.median.toFixed(2), `>= ${atLeast}`, verdict(met)]),
    ...row.figures
      .filter(({ atMost }) => atMost !== undefined)
      .map(({ name, value, unit, atMost, met }) => [row.id, name, `${value} ${unit}`, `<= ${atMost}`, verdict(met)]),
  ])
  console.log()
  printTable(['row', 'compared with', 'measured', 'goal', ''], lines)
}

/** Where the processor time goes. */
export const printProfile = ({ id, title }: Row, shares: readonly Share[]): void => {
  console.log(`\n${id}: ${title}, processor time of Keyturn`)
  printTable(
    ['where', ''],
    shares.map(({ where, share }) => [where, `${(100 * share).toFixed(1)} %`]),
  )
}
