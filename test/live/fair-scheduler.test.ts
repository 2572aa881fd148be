import { describe, expect, it } from 'vitest'
import { FairScheduler } from '../../src/live/fair-scheduler.ts'

const iteration = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('the fair scheduler', () => {
  it('runs the tasks of an organization in order, a few per iteration of the event loop', async () => {
    const scheduler = new FairScheduler()
    const done: number[] = []
    for (let number = 0; number < 1_000; number += 1) scheduler.run('a', () => done.push(number))
    expect(done).toEqual([])
    await iteration()
    expect(done.length).toBeGreaterThan(0)
    expect(done.length).toBeLessThanOrEqual(64)
    await scheduler.turn('a')
    expect(done).toEqual(Array.from({ length: 1_000 }, (_, number) => number))
  })

  it('runs the task of an organization without waiting for the queue of another one', async () => {
    const scheduler = new FairScheduler()
    let others = 0
    for (let number = 0; number < 10_000; number += 1)
      scheduler.run('busy', () => {
        others += 1
      })
    await scheduler.turn('quiet')
    expect(others).toBeLessThanOrEqual(64)
  })

  it('runs tasks that are added after it was idle', async () => {
    const scheduler = new FairScheduler()
    await scheduler.turn('a')
    await iteration()
    await scheduler.turn('a')
    await Promise.all([scheduler.turn('a'), scheduler.turn('b')])
  })
})
