import { describe, expect, it } from 'vitest'
import { Turns } from '../../src/live/turns.ts'

const iteration = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('turns', () => {
  it('run tasks in order, and let the event loop go on after a few', async () => {
    const turns = new Turns()
    const done: number[] = []
    for (let number = 0; number < 1_000; number += 1) turns.run(() => done.push(number))
    expect(done).toEqual([])
    await iteration()
    expect(done.length).toBeGreaterThan(0)
    expect(done.length).toBeLessThanOrEqual(64)
    await turns.next()
    expect(done).toEqual(Array.from({ length: 1_000 }, (_, number) => number))
  })

  it('run the tasks that are added later, also after a rest', async () => {
    const turns = new Turns()
    await turns.next()
    await iteration()
    await turns.next()
    await Promise.all([turns.next(), turns.next()])
  })
})
