import { beforeEach, describe, expect, it } from 'vitest'
import { Periodic } from '../../src/kernel/periodic.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { deferred } from '../support/open-database.ts'

describe('periodic work', () => {
  let clock: ManualClock
  let runs: number
  let faults: unknown[]

  beforeEach(() => {
    clock = new ManualClock()
    runs = 0
    faults = []
  })

  const periodic = (task: () => unknown = () => undefined, interval: { intervalMs?: number } = { intervalMs: 1_000 }) =>
    new Periodic({
      clock,
      ...interval,
      task: () => {
        runs += 1
        return task()
      },
      onFault: (error) => faults.push(error),
    })

  /** Lets the end of a run that has nothing to wait for take effect. */
  const settle = () => new Promise((resolve) => setImmediate(resolve))

  const advance = async (seconds: number) => {
    clock.advance(seconds)
    await settle()
  }

  it('runs once per interval, the first time after one interval', async () => {
    periodic().start()
    await advance(0.999)
    expect(runs).toBe(0)
    await advance(0.001)
    expect(runs).toBe(1)
    await advance(1)
    expect(runs).toBe(2)
  })

  it('runs immediately if requested', async () => {
    periodic().start({ immediately: true })
    expect(runs).toBe(1)
    await settle()
    await advance(1)
    expect(runs).toBe(2)
  })

  it('never overlaps, and starts the interval at the end of a run', async () => {
    const first = deferred()
    const work = periodic(() => (runs === 1 ? first.promise : undefined))
    work.start()
    await advance(1)
    await advance(10)
    work.start({ immediately: true })
    work.wakeAt(clock.now())
    await advance(10)
    expect(runs).toBe(1)
    first.resolve()
    await settle()
    await advance(0)
    expect(runs, 'the instant that passed meanwhile').toBe(2)
    await advance(0.999)
    expect(runs).toBe(2)
    await advance(0.001)
    expect(runs).toBe(3)
  })

  it('reports an error, thrown or rejected, and runs again', async () => {
    const failures = [
      () => {
        throw new Error('thrown')
      },
      () => Promise.reject(new Error('rejected')),
    ]
    periodic(() => failures[runs - 1]?.()).start()
    await advance(1)
    await advance(1)
    expect(faults).toEqual([new Error('thrown'), new Error('rejected')])
    await advance(1)
    expect(runs).toBe(3)
    expect(faults).toHaveLength(2)
  })

  it('runs earlier than its interval if a run is due earlier, and not later if it is due later', async () => {
    const work = periodic(() => {
      if (runs === 1) work.wakeAt(new Date(clock.now().getTime() + 200))
      if (runs === 2) work.wakeAt(new Date(clock.now().getTime() + 5_000))
    })
    work.start({ immediately: true })
    await settle()
    await advance(0.2)
    expect(runs).toBe(2)
    await advance(1)
    expect(runs).toBe(3)
  })

  it('runs only when it is due if it has no interval', async () => {
    const work = periodic(() => undefined, {})
    await advance(60)
    expect(runs).toBe(0)
    work.wakeAt(new Date(clock.now().getTime() + 2_000))
    work.wakeAt(new Date(clock.now().getTime() + 1_000))
    work.wakeAt(new Date(clock.now().getTime() + 3_000))
    await advance(1)
    expect(runs).toBe(1)
    await advance(60)
    expect(runs, 'the earliest replaces the others').toBe(1)
  })

  it('waits for the running task when it stops, and does not run again', async () => {
    const first = deferred()
    const work = periodic(() => first.promise)
    work.start()
    await advance(1)
    let stopped = false
    const stopping = work.stop().then(() => {
      stopped = true
    })
    await settle()
    expect(stopped).toBe(false)
    first.resolve()
    await stopping
    work.wakeAt(clock.now())
    await advance(60)
    expect(runs).toBe(1)
  })

  it('stops immediately if nothing runs, and can be started again', async () => {
    const work = periodic()
    work.start()
    await work.stop()
    await advance(5)
    expect(runs).toBe(0)
    work.start()
    await advance(1)
    expect(runs).toBe(1)
  })
})
