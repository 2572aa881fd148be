import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { LOAD_GENERATOR } from './http-load.ts'
import type { Share } from './profile.ts'
import { type Measured, type Metric, speedOf } from './rounds.ts'
import type { Figure, RatioRow, Row } from './row.ts'
import { median, ratiosByRound, type Spread, spreadOf } from './statistics.ts'

const FILE = join(import.meta.dirname, '../results.json')
const GIBIBYTE = 2 ** 30

export interface ContestantResult {
  readonly name: string
  /** Operations a second. */
  readonly perSecond: Spread
  /** Processor time of the server for one operation, in microseconds. */
  readonly cpuMicroseconds: Spread
  readonly p99Ms: number | null
}

export interface GoalResult {
  readonly peer: string
  /** How fast Keyturn is compared with the peer: the median of the ratios of the rounds. */
  readonly ratio: Spread
  readonly atLeast: number | null
  readonly met: boolean | null
}

export interface RowResult {
  readonly id: string
  readonly title: string
  readonly date: string
  readonly metric: Metric
  readonly quick: boolean
  readonly seconds: number
  readonly loadAverage: number
  readonly contestants: readonly ContestantResult[]
  readonly goals: readonly GoalResult[]
  readonly figures: readonly (Figure & { readonly met: boolean | null })[]
  /** The largest change of a ratio between the first and the last rounds, as a fraction. */
  readonly drift: number | null
  readonly rejectedRuns: number
  readonly error: string | null
}

export interface Results {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGib: number }
  readonly node: string
  readonly loadGenerator: string
  readonly rows: readonly RowResult[]
  /** Where the processor time of Keyturn goes, by the id of the row. */
  readonly profiles: Readonly<Record<string, readonly Share[]>>
}

/** Times that are compared are rounded to what they can tell. */
const rounded = (value: number): number => Number(value.toPrecision(4))
const roundedSpread = ({ median: middle, min, max }: Spread): Spread => ({
  median: rounded(middle),
  min: rounded(min),
  max: rounded(max),
})

const contestantResults = ({ rounds }: Measured): ContestantResult[] =>
  [...rounds].map(([name, samples]) => {
    const latencies = samples.map(({ p99Ms }) => p99Ms).filter((value) => value !== undefined)
    return {
      name,
      perSecond: roundedSpread(spreadOf(samples.map(({ perSecond }) => perSecond))),
      cpuMicroseconds: roundedSpread(spreadOf(samples.map(({ cpuMicroseconds }) => cpuMicroseconds))),
      p99Ms: latencies.length === 0 ? null : rounded(median(latencies)),
    }
  })

const goalResults = (row: RatioRow, { rounds }: Measured, metric: Metric): GoalResult[] => {
  const [subject = [], ...peers] = [...rounds].map(([, samples]) => samples.map((sample) => speedOf(sample, metric)))
  const names = [...rounds.keys()].slice(1)
  return names.map((peer, index) => {
    const ratio = roundedSpread(spreadOf(ratiosByRound(subject, peers[index] ?? [])))
    const atLeast = row.goals.find((goal) => goal.peer === peer)?.atLeast ?? null
    return { peer, ratio, atLeast, met: atLeast === null ? null : ratio.median >= atLeast }
  })
}

type Outcome =
  | { readonly measured: Measured; readonly row: RatioRow }
  | { readonly figures: readonly Figure[] }
  | { readonly error: string }

/** The result of a row, as it is stored. */
export const rowResult = (
  row: Row,
  outcome: Outcome,
  { metric, quick, seconds }: { readonly metric: Metric; readonly quick: boolean; readonly seconds: number },
): RowResult => {
  const measured = 'measured' in outcome ? outcome.measured : null
  return {
    id: row.id,
    title: row.title,
    date: new Date().toISOString(),
    metric,
    quick,
    seconds: Math.round(seconds),
    loadAverage: rounded(loadavg()[0] ?? Number.NaN),
    contestants: measured === null ? [] : contestantResults(measured),
    goals: 'measured' in outcome ? goalResults(outcome.row, outcome.measured, metric) : [],
    figures:
      'figures' in outcome
        ? outcome.figures.map((figure) => ({
            ...figure,
            value: rounded(figure.value),
            met: figure.atMost === undefined ? null : figure.value <= figure.atMost,
          }))
        : [],
    drift: measured === null ? null : rounded(measured.drift),
    rejectedRuns: measured?.rejected ?? 0,
    error: 'error' in outcome ? outcome.error : null,
  }
}

export const readResults = (): Results | null => {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Results
  } catch {
    return null
  }
}

const save = (change: Partial<Results>): void => {
  const [cpu] = cpus()
  const results: Results = {
    machine: {
      cpu: cpu?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      memoryGib: Math.round(totalmem() / GIBIBYTE),
    },
    node: process.version,
    loadGenerator: LOAD_GENERATOR,
    rows: [],
    profiles: {},
    ...readResults(),
    ...change,
  }
  writeFileSync(FILE, `${JSON.stringify(results, null, 2)}\n`)
}

/** Writes the rows of this run over those of earlier ones. Rows that were not measured stay. */
export const saveRows = (rows: readonly RowResult[]): void => {
  const earlier = readResults()?.rows.filter(({ id }) => !rows.some((row) => row.id === id)) ?? []
  save({ rows: [...earlier, ...rows] })
}

export const saveProfile = (id: string, shares: readonly Share[]): void =>
  save({ profiles: { ...readResults()?.profiles, [id]: shares } })
