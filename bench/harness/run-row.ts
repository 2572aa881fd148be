import type { Options } from './options.ts'
import { newProfile, type Share } from './profile.ts'
import { type RowResult, rowResult } from './results.ts'
import { measure } from './rounds.ts'
import { Cleanup, type Row, type RowContext } from './row.ts'

const PROFILED_ROUNDS = 5

const contextOf = (row: Row, { pace, metric, quick }: Options): RowContext => ({
  cleanup: new Cleanup(),
  pace,
  metric,
  quick,
  profileFlags: () => [],
  say: (line) => console.log(`${row.id}: ${line}`),
})

const outcomeOf = async (row: Row, context: RowContext) => {
  if (row.kind === 'figures') return { figures: await row.measure(context) }
  const { pace, metric, quick, say } = context
  const contestants = await row.open(context)
  const seconds = quick ? pace.seconds : Math.max(pace.seconds, row.seconds ?? 0)
  return { row, measured: await measure(contestants, { ...pace, seconds }, metric, say) }
}

/** Measures a row. A row that fails has its error as its result. */
export const runRow = async (row: Row, options: Options): Promise<RowResult> => {
  const began = performance.now()
  const context = contextOf(row, options)
  const outcome = await outcomeOf(row, context).catch((error: unknown) => ({
    error: error instanceof Error ? error.message : String(error),
  }))
  await context.cleanup.run()
  return rowResult(row, outcome, { ...options, seconds: (performance.now() - began) / 1_000 })
}

/** Where the processor time of Keyturn goes in a row, without its start. Nothing is compared: a profile costs time. */
export const profileRow = async (row: Row, options: Options): Promise<readonly Share[]> => {
  const { flags, read } = newProfile()
  const unused = [flags]
  // The first server of a row is Keyturn.
  const context = { ...contextOf(row, options), profileFlags: () => unused.pop() ?? [] }
  try {
    if (row.kind === 'figures') await row.measure(context)
    else {
      const [keyturn] = await row.open(context)
      for (let round = 0; round < PROFILED_ROUNDS; round += 1)
        await keyturn?.work(Math.max(options.pace.seconds, row.seconds ?? 0))
    }
  } finally {
    await context.cleanup.run()
  }
  return read()
}
