import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keptEqual, LastResults } from '../../src/console/data/keep-equal.ts'
import type { LiveEvent } from '../../src/console/data/live-event.ts'
import { Reloader } from '../../src/console/data/reloader.ts'

const eventAbout = (targetId: string, organizationId = 'org_here'): LiveEvent => ({
  id: `evt_${targetId}`,
  sequence: 1,
  type: 'KEY_UPDATED',
  occurredAt: '2026-11-27T12:00:00.000Z',
  organizationId,
  targetId,
  targetName: null,
  details: {},
  actor: { kind: 'USER', id: null, name: null },
})

describe('data that is loaded again', () => {
  const page = (names: readonly string[]) => ({
    edges: names.map((name) => ({ node: { id: `key_${name}`, name, grants: [{ module: 'keys' }] } })),
    info: { hasNextPage: false },
  })

  it('is the same object where nothing changed', () => {
    const before = page(['a', 'b'])
    expect(keptEqual(before, page(['a', 'b']))).toBe(before)
  })

  it('keeps the rows that did not change, also where others came before them', () => {
    const before = page(['a', 'b'])
    const after = keptEqual(before, page(['new', 'a', 'b'])) as typeof before
    expect(after).toEqual(page(['new', 'a', 'b']))
    expect(after.edges[1]).toBe(before.edges[0])
    expect(after.edges[2]).toBe(before.edges[1])
    expect(after.info).toBe(before.info)
  })

  it.each([
    [{ a: 1 }, { a: 1, b: 2 }],
    [
      { a: 1, b: undefined },
      { a: 1, c: undefined },
    ],
    [{ a: 1, b: 2 }, { a: 1 }],
    [
      [1, 2, 3],
      [1, 2],
    ],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: [] }, { a: {} }],
    [{ a: null }, { a: {} }],
    ['a', null],
    [
      [{ id: 1, x: 1 }],
      [
        { id: 1, x: 2 },
        { id: 1, x: 1 },
      ],
    ],
  ])('is what the server sent: %j, then %j', (before, after) => {
    expect(keptEqual(before, structuredClone(after))).toEqual(after)
  })

  it('is remembered of the queries used last alone', () => {
    const results = new LastResults()
    const first = results.share(0, page(['a']))
    expect(results.share(0, page(['a']))).toBe(first)
    for (let query = 1; query <= 60; query += 1) results.share(query, page(['b']))
    expect(results.share(0, page(['a']))).not.toBe(first)
  })
})

describe('a query on the screen', () => {
  const reload = vi.fn<() => void>()
  const patch = vi.fn<(events: readonly LiveEvent[]) => void>()
  const onHeld = vi.fn<(isHeld: boolean) => void>()
  const isConcerned = ({ targetId }: LiveEvent) => targetId !== 'key_other'
  let reloader: Reloader
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    vi.clearAllMocks()
    reloader = new Reloader({ reload, isConcerned, patch, onHeld })
  })
  afterEach(() => {
    reloader.stop()
    vi.useRealTimers()
  })
  /** An event every 50 ms. */
  const write = (milliseconds: number, targetId = 'key_a') => {
    for (let passed = 0; passed < milliseconds; passed += 50) {
      reloader.take(eventAbout(targetId))
      vi.advanceTimersByTime(50)
    }
  }

  it('is loaded at once after an event, and not after one that does not concern it', () => {
    reloader.take(eventAbout('key_other'))
    vi.advanceTimersByTime(20_000)
    expect(reload).not.toHaveBeenCalled()
    reloader.take(eventAbout('key_a'))
    vi.advanceTimersByTime(0)
    expect(reload).toHaveBeenCalledTimes(1)
    expect(patch).not.toHaveBeenCalled()
  })

  it('is loaded ever less often while events keep coming, and patched meanwhile', () => {
    write(60_000)
    // After 0, 0.7, 2.1, 4.9, 10.5, 20.5, ... seconds.
    expect(reload).toHaveBeenCalledTimes(9)
    expect(patch.mock.calls.length).toBeGreaterThan(60)
    expect(patch.mock.calls.length).toBeLessThan(90)
    reload.mockClear()
    vi.advanceTimersByTime(30_000)
    expect(reload).toHaveBeenCalledTimes(1)
    reloader.take(eventAbout('key_a'))
    vi.advanceTimersByTime(0)
    expect(reload).toHaveBeenCalledTimes(2)
  })

  it('does not make the person wait for what they did, however much happens', () => {
    write(30_000)
    reload.mockClear()
    reloader.request()
    vi.advanceTimersByTime(700)
    expect(reload).toHaveBeenCalledTimes(1)
  })

  it('stays where it is while it is held, is patched, and is loaded afterwards', () => {
    reloader.hold(true)
    write(5_000)
    expect(reload).not.toHaveBeenCalled()
    expect(onHeld.mock.calls).toEqual([[true]])
    expect(patch.mock.calls.length).toBeGreaterThan(4)
    expect(patch.mock.calls[0]?.[0][0]?.targetId).toBe('key_a')
    reloader.hold(false)
    vi.advanceTimersByTime(0)
    expect(reload).toHaveBeenCalledTimes(1)
    expect(onHeld.mock.calls).toEqual([[true], [false]])
  })

  it('is not loaded any more once it has left the screen', () => {
    reloader.take(eventAbout('key_a'))
    reloader.stop()
    vi.advanceTimersByTime(20_000)
    expect(reload).not.toHaveBeenCalled()
  })
})
