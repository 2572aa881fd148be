import { describe, expect, it, vi } from 'vitest'
import { ENGINES } from '../support/engines.ts'
import { range, take, useFeed } from '../support/feed.ts'
import { deferred } from '../support/open-database.ts'

const DONE = { done: true, value: undefined }

describe.each(ENGINES)('followers of the audit feed on %s', (engine) => {
  const suite = useFeed(engine)

  /** What the feed holds for those who follow it. */
  const held = () => [suite.instance.feed.size, suite.instance.feed.followedOrganizations]

  it('have at most 1,000 buffered events, and a slow one gets the rest from the database', async () => {
    const slow = await suite.instance.feed.follow({ organizationId: suite.organizationId })
    const quick = await suite.instance.feed.follow({ organizationId: suite.organizationId })
    for (let count = 0; count < 15; count += 1) {
      await suite.instance.append(suite.organizationId, 100)
      await take(quick, 100)
    }
    const read = vi.spyOn(suite.database, 'read')
    expect(await take(slow, 1_000)).toEqual(range(1, 1_000))
    expect(read).not.toHaveBeenCalled()
    expect(await take(slow, 1)).toEqual([1_001])
    expect(read).toHaveBeenCalledTimes(1)
    await suite.instance.append(suite.organizationId, 100)
    expect(await take(slow, 599)).toEqual(range(1_002, 1_600))
    // It has caught up, and is told as the others are.
    await suite.instance.append(suite.organizationId)
    read.mockClear()
    expect(await take(slow, 1)).toEqual([1_601])
    expect(read.mock.calls.length).toBeLessThanOrEqual(1)
  })

  it('are ended if they are behind and take nothing for five seconds, and use no memory after that', async () => {
    const onEnd = vi.fn()
    const stream = await suite.instance.feed.follow({ organizationId: suite.organizationId, onEnd })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      await suite.instance.append(suite.organizationId, 1_000)
      vi.advanceTimersByTime(60_000)
      // A thousand events may wait for as long as they like.
      expect(onEnd).not.toHaveBeenCalled()
      await suite.instance.append(suite.organizationId)
      vi.advanceTimersByTime(4_999)
      expect(await take(stream, 1)).toEqual([1])
      vi.advanceTimersByTime(4_999)
      expect(onEnd).not.toHaveBeenCalled()
      vi.advanceTimersByTime(1)
      expect(onEnd.mock.calls).toEqual([['stalled']])
    } finally {
      vi.useRealTimers()
    }
    expect(await stream.next()).toEqual(DONE)
    expect(held()).toEqual([0, 0])
  })

  it('are read no further ahead during a replay than they take', async () => {
    for (let count = 0; count < 4; count += 1) await suite.instance.append(suite.organizationId, 1_000)
    const onEnd = vi.fn()
    const stream = await suite.instance.feed.follow({ organizationId: suite.organizationId, after: 0, onEnd })
    const read = vi.spyOn(suite.database, 'read')
    expect(await take(stream, 1)).toEqual([1])
    // As slow as it may be: what is not read yet waits in the database.
    await suite.instance.append(suite.organizationId, 1_500)
    expect(read).toHaveBeenCalledTimes(1)
    expect(await take(stream, 5_499)).toEqual(range(2, 5_500))
    expect(onEnd).not.toHaveBeenCalled()
  })

  it('do not delay appends, and a thousand of them each get every event once and in order', async () => {
    const streams = await Promise.all(
      Array.from({ length: 1_000 }, () => suite.instance.feed.follow({ organizationId: suite.organizationId })),
    )
    let taken = 0
    const reading = streams.map(async (stream) => {
      const sequences: number[] = []
      while (sequences.length < 5) {
        sequences.push(...(await take(stream, 1)))
        taken += 1
      }
      return sequences
    })
    await suite.instance.append(suite.organizationId)
    await new Promise(setImmediate)
    expect(taken).toBeLessThan(300)
    for (let count = 0; count < 4; count += 1) await suite.instance.append(suite.organizationId)
    expect(await Promise.all(reading)).toEqual(Array(1_000).fill(range(1, 5)))
    await Promise.all(streams.map((stream) => stream.return()))
  })

  it('end immediately if they stop while they wait for an event', async () => {
    const onEnd = vi.fn()
    const stream = await suite.instance.feed.follow({ organizationId: suite.organizationId, onEnd })
    const waiting = [stream.next(), stream.next()]
    expect(await stream.return()).toEqual(DONE)
    expect(await Promise.all(waiting)).toEqual([DONE, DONE])
    expect(await stream.next()).toEqual(DONE)
    expect(onEnd.mock.calls).toEqual([['closed']])
  })

  it('end immediately if they stop during a replay', async () => {
    await suite.instance.append(suite.organizationId, 10)
    const stream = await suite.instance.feed.follow({ organizationId: suite.organizationId, after: 0 })
    const goOn = deferred()
    const look = suite.database.read.bind(suite.database)
    vi.spyOn(suite.database, 'read').mockImplementationOnce(async (work) => {
      await goOn.promise
      return look(work)
    })
    const waiting = stream.next()
    expect(await stream.return()).toEqual(DONE)
    goOn.resolve()
    expect(await waiting).toEqual(DONE)
    expect(held()).toEqual([0, 0])
  })

  it('end with an error if their replay cannot be read', async () => {
    await suite.instance.append(suite.organizationId, 10)
    const onEnd = vi.fn()
    const stream = await suite.instance.feed.follow({ organizationId: suite.organizationId, after: 0, onEnd })
    vi.spyOn(suite.database, 'read').mockRejectedValueOnce(new Error('The connection was lost.'))
    await expect(stream.next()).rejects.toThrow('The connection was lost.')
    // Whoever iterates does not call return() after a failure: nothing may go on for it.
    expect(onEnd).toHaveBeenCalledTimes(1)
    expect(await stream.next()).toEqual(DONE)
    expect(held()).toEqual([0, 0])
  })

  it('get missed events as long as one of them is left', async () => {
    const [first, second] = await Promise.all([
      suite.instance.feed.follow({ organizationId: suite.organizationId }),
      suite.instance.feed.follow({ organizationId: suite.organizationId, after: 0 }),
    ])
    await first.return()
    await first.return()
    expect(held()).toEqual([1, 1])
    await suite.instance.appendElsewhere(suite.organizationId, 2)
    suite.instance.clock.advance(1)
    expect(await take(second, 2)).toEqual([1, 2])
    await second.return()
    expect(held()).toEqual([0, 0])
  })

  it('leave nothing behind if they could not start', async () => {
    const look = suite.database.read.bind(suite.database)
    const read = vi.spyOn(suite.database, 'read')
    // The first look finds where the history ends, the second what was missed meanwhile.
    for (const failing of [0, 1]) {
      read.mockReset()
      for (let good = 0; good < failing; good += 1) read.mockImplementationOnce(look)
      read.mockRejectedValueOnce(new Error('The connection was lost.'))
      await expect(suite.instance.feed.follow({ organizationId: suite.organizationId })).rejects.toThrow(
        'The connection was lost.',
      )
    }
    read.mockRestore()
    expect(held()).toEqual([0, 0])
  })

  it('end when the feed is closed, and later ones end immediately', async () => {
    await suite.instance.append(suite.organizationId, 3)
    const onEnd = vi.fn()
    const streams = await Promise.all(
      [undefined, 0].map((after) => suite.instance.feed.follow({ organizationId: suite.organizationId, after, onEnd })),
    )
    const late = suite.instance.feed.follow({ organizationId: suite.organizationId, after: 0, onEnd })
    const waiting = streams[0]?.next()
    await suite.instance.feed.close()
    expect(await waiting).toEqual(DONE)
    expect(await streams[1]?.next()).toEqual(DONE)
    expect(await (await late).next()).toEqual(DONE)
    expect(onEnd.mock.calls).toEqual(Array(3).fill(['stopped']))
    expect(held()).toEqual([0, 0])
  })
})
