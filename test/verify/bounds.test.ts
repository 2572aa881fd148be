import { describe, expect, it } from 'vitest'
import { BoundedMap } from '../../src/verify/bounded-map.ts'
import { Turns } from '../../src/verify/turns.ts'
import { refusalOf } from './verifying.ts'

describe('what callers can grow is bounded', () => {
  it('a cache keeps the newest entries', () => {
    const evicted: string[] = []
    const map = new BoundedMap<string, number>(2, (key) => evicted.push(key))
    for (const [index, key] of ['a', 'b', 'a', 'c'].entries()) map.set(key, index)
    expect(evicted).toEqual(['b'])
    expect([map.size, map.get('a'), map.get('b'), map.get('c')]).toEqual([2, 2, undefined, 3])
  })

  it('requests to the server run a few at a time, and those beyond the queue are unavailable', async () => {
    const turns = new Turns(2, 1)
    let running = 0
    let most = 0
    const release: (() => void)[] = []
    const task = async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise<void>((resolve) => release.push(resolve))
      running -= 1
    }
    const taken = [turns.take(task), turns.take(task), turns.take(task)]
    expect((await refusalOf(turns.take(task))).code).toBe('unavailable')
    for (const _ of taken) {
      await expect.poll(() => release.length).toBeGreaterThan(0)
      release.shift()?.()
    }
    await Promise.all(taken)
    expect(most).toBe(2)
    const last = turns.take(async () => 'free again')
    expect(await last).toBe('free again')
  })
})
