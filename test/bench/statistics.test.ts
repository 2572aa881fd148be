import { describe, expect, it } from 'vitest'
import { measure } from '../../bench/harness/rounds.ts'
import { driftOf, isPlateau, median, ratiosByRound } from '../../bench/harness/statistics.ts'

/** A contestant whose windows have these speeds, one after the other, and then the last one. */
const contestant = (name: string, ...speeds: readonly number[]) => {
  let window = 0
  return {
    name,
    work: async () => {
      const perSecond = speeds[Math.min(window, speeds.length - 1)] ?? 0
      window += 1
      return { perSecond, cpuMicroseconds: 1 }
    },
  }
}

const pace = { rounds: 6, seconds: 1, warmUpWindows: 4, repeats: 1 }

describe('the statistics of a benchmark', () => {
  it('compares contestants round by round, so that a slow spell of the machine cancels out', () => {
    expect(median(ratiosByRound([100, 50, 10], [200, 100, 20]))).toBe(0.5)
  })

  it('ends a warm-up when two successive windows differ by less than 4 %', () => {
    expect(isPlateau([100])).toBe(false)
    expect(isPlateau([100, 105])).toBe(false)
    expect(isPlateau([50, 100, 103])).toBe(true)
  })

  it('measures the drift from the first third of the rounds to the last', () => {
    expect(driftOf([100, 100, 500, 500, 120, 120])).toBeCloseTo(0.2)
  })

  it('rejects a run whose ratios drift, and repeats it once', async () => {
    const said: string[] = []
    const warming = contestant('Keyturn', 10, 10, 10, 10, 20, 20, 20, 20)
    const { rejected, rounds } = await measure([warming, contestant('peer', 10)], pace, 'elapsed', (line) =>
      said.push(line),
    )
    expect(rejected).toBe(1)
    expect(said).toEqual([expect.stringContaining('rejected')])
    expect(rounds.get('Keyturn')?.map(({ perSecond }) => perSecond)).toEqual([20, 20, 20, 20, 20, 20])
  })
})
