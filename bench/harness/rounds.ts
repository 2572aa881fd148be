import { driftOf, isPlateau } from './statistics.ts'

/** What a contestant did in one window. */
export interface Sample {
  /** Operations a second. */
  readonly perSecond: number
  /** Processor time of the server for one operation, in microseconds. */
  readonly cpuMicroseconds: number
  /** The slowest hundredth took at least so long, in milliseconds. */
  readonly p99Ms?: number
}

export interface Contestant {
  readonly name: string
  /** Does the work for about so many seconds. */
  readonly work: (seconds: number) => Promise<Sample>
}

/** How long and how often each contestant works. */
export interface Pace {
  readonly rounds: number
  readonly seconds: number
  readonly warmUpWindows: number
  /** How often a run that drifts is repeated. */
  readonly repeats: number
}

export type Metric = 'elapsed' | 'cpu'

/** Operations in a unit of what is measured: of time, or of processor time. */
export const speedOf = ({ perSecond, cpuMicroseconds }: Sample, metric: Metric): number =>
  metric === 'elapsed' ? perSecond : 1e6 / cpuMicroseconds

/** A ratio that moves further within a run belongs to contestants that were not warm. */
const LARGEST_DRIFT = 0.1

/** Samples of each contestant, by round. */
export type Rounds = ReadonlyMap<string, readonly Sample[]>

const warmUp = async (contestant: Contestant, pace: Pace, metric: Metric): Promise<void> => {
  const windows: number[] = []
  while (windows.length < pace.warmUpWindows && !isPlateau(windows))
    windows.push(speedOf(await contestant.work(pace.seconds), metric))
}

const measureOnce = async (contestants: readonly Contestant[], pace: Pace): Promise<Rounds> => {
  const rounds = new Map(contestants.map(({ name }): [string, Sample[]] => [name, []]))
  for (let round = 0; round < pace.rounds; round += 1) {
    // In the other order every second time, so that none always follows the same one.
    const order = round % 2 === 0 ? contestants : [...contestants].reverse()
    for (const { name, work } of order) rounds.get(name)?.push(await work(pace.seconds))
  }
  return rounds
}

/** How far each contestant moved in the run compared with the first one, as fractions. */
const drifts = (rounds: Rounds, metric: Metric): number[] => {
  const [subject, ...peers] = [...rounds.values()].map((samples) => samples.map((sample) => speedOf(sample, metric)))
  return peers.map((peer) => driftOf((subject ?? []).map((speed, round) => speed / (peer[round] ?? Number.NaN))))
}

export interface Measured {
  readonly rounds: Rounds
  /** The largest drift of a ratio, as a fraction. */
  readonly drift: number
  readonly rejected: number
}

/** Warms each contestant, then lets them take turns. A run that drifts is rejected and repeated. */
export const measure = async (
  contestants: readonly Contestant[],
  pace: Pace,
  metric: Metric,
  say: (line: string) => void,
): Promise<Measured> => {
  for (const contestant of contestants) await warmUp(contestant, pace, metric)
  for (let rejected = 0; ; rejected += 1) {
    const rounds = await measureOnce(contestants, pace)
    const drift = Math.max(0, ...drifts(rounds, metric).map(Math.abs))
    if (drift <= LARGEST_DRIFT || rejected >= pace.repeats) return { rounds, drift, rejected }
    say(`rejected: a ratio of the last rounds differs by ${Math.round(drift * 100)} % from the first; measured again`)
  }
}
