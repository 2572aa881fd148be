import type { Contestant, Metric, Pace } from './rounds.ts'

/** What is to be undone when a row ends, the newest first. */
export class Cleanup {
  private readonly steps: (() => unknown)[] = []

  defer(step: () => unknown): void {
    this.steps.push(step)
  }

  async run(): Promise<void> {
    for (const step of this.steps.splice(0).reverse()) await step()
  }
}

export interface RowContext {
  readonly cleanup: Cleanup
  readonly pace: Pace
  readonly metric: Metric
  /** A short run: data sets may be smaller. */
  readonly quick: boolean
  /** Flags of Node.js with which the first server writes a profile; none for the others. */
  readonly profileFlags: () => readonly string[]
  readonly say: (line: string) => void
}

/** How fast the first contestant must be, compared with another. */
export interface RatioGoal {
  readonly peer: string
  readonly atLeast: number
}

/** Contestants that do the same work in turns. The first is Keyturn. */
export interface RatioRow {
  readonly kind: 'ratio'
  readonly id: string
  readonly title: string
  readonly goals: readonly RatioGoal[]
  /** Left out of a quick run, unless it is asked for. */
  readonly long?: true
  /** Shortest window, for slow operations. */
  readonly seconds?: number
  readonly open: (context: RowContext) => Promise<readonly Contestant[]>
}

/** A figure with a limit of its own, or without one. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly atMost?: number
}

export interface FigureRow {
  readonly kind: 'figures'
  readonly id: string
  readonly title: string
  /** Left out of a quick run, unless it is asked for. */
  readonly long?: true
  readonly measure: (context: RowContext) => Promise<readonly Figure[]>
}

export type Row = RatioRow | FigureRow
