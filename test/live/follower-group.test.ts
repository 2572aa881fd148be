import { describe, expect, it } from 'vitest'
import type { AuditEvent } from '../../src/audit/audit-event.ts'
import { BUSY, type Follower, FollowerGroup } from '../../src/live/follower-group.ts'

const eventOf = (sequence: number) => ({ sequence, type: 'KEY_CREATED' }) as AuditEvent

/** A group whose turns a test runs, and followers that note what they receive. */
const stage = () => {
  const turns: (() => void)[] = []
  const group = new FollowerGroup(undefined, (task) => void turns.push(task))
  const join = () => {
    const follower = {
      nextNumber: 0,
      place: BUSY,
      received: [] as number[],
      missed: [] as number[],
      receive: ({ sequence }: AuditEvent) => void follower.received.push(sequence),
      fallBehind: (events: AuditEvent[]) => void follower.missed.push(...events.map(({ sequence }) => sequence)),
    } satisfies Follower & Record<string, unknown>
    group.join(follower)
    return follower
  }
  /** Runs turns until none is left. Returns their number. */
  const runTurns = () => {
    let run = 0
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift(), run += 1) turn()
    return run
  }
  return { group, turns, join, runTurns }
}

describe('the followers of an organization', () => {
  it('take turns: an event is handed to one of them at a time, whatever their number', () => {
    const { group, turns, join, runTurns } = stage()
    const followers = Array.from({ length: 1_000 }, join)
    for (const follower of followers) group.request(follower)
    group.append(eventOf(1))
    expect(turns).toHaveLength(1)
    turns.shift()?.()
    expect(followers.filter(({ received }) => received.length > 0)).toHaveLength(1)
    expect(runTurns()).toBe(999)
    expect(followers.every(({ received }) => received.join() === '1')).toBe(true)
  })

  it('receive nothing that they have not requested, and every event in order', () => {
    const { group, join, runTurns } = stage()
    const [quick, slow] = [join(), join()]
    for (let sequence = 1; sequence <= 5; sequence += 1) {
      group.request(quick)
      group.append(eventOf(sequence))
      runTurns()
    }
    expect([quick.received, slow.received]).toEqual([[1, 2, 3, 4, 5], []])
    for (let count = 0; count < 5; count += 1) {
      group.request(slow)
      runTurns()
    }
    expect(slow.received).toEqual([1, 2, 3, 4, 5])
  })

  it('receive an event once if they leave before their turn and join again', () => {
    const { group, join, runTurns } = stage()
    const follower = join()
    group.request(follower)
    group.append(eventOf(1))
    group.leave(follower)
    group.join(follower)
    group.request(follower)
    group.append(eventOf(2))
    group.append(eventOf(3))
    runTurns()
    expect(follower.received).toEqual([2])
    group.request(follower)
    runTurns()
    expect(follower.received).toEqual([2, 3])
  })

  it('fall behind with what they have not received when a thousand events wait for them, and hold up no other', () => {
    const { group, join, runTurns } = stage()
    const [quick, slow] = [join(), join()]
    for (let sequence = 1; sequence <= 1_001; sequence += 1) {
      group.request(quick)
      group.append(eventOf(sequence))
      runTurns()
    }
    expect(slow.missed).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1))
    expect(quick.received).toHaveLength(1_001)
    expect(group.size).toBe(1)
  })
})
