import { describe, expect, it, vi } from 'vitest'
import { newId } from '../../src/kernel/ids.ts'
import { ENGINES } from '../support/engines.ts'
import { type OpenFeed, range, take, useFeed } from '../support/feed.ts'
import { PATIENCE } from '../support/patience.ts'

const DONE = { done: true, value: undefined }

describe.each(ENGINES)('the audit feed on %s', (engine) => {
  const suite = useFeed(engine)

  it('delivers no events of other organizations', async () => {
    const other = newId('organization')
    const stream = await suite.instance.feed.follow({ organizationId: suite.organizationId, after: 0 })
    await suite.instance.append(other, 3)
    const [own] = await suite.instance.append(suite.organizationId)
    expect((await stream.next()).value).toEqual(own)
    const next = stream.next()
    await stream.return()
    expect(await next).toEqual(DONE)
  })

  it('delivers only later events to a follower without a position', async () => {
    await suite.instance.append(suite.organizationId, 3)
    // Committed by another instance and not heard of: it was there all the same.
    await suite.instance.appendElsewhere(suite.organizationId, 2)
    const stream = await suite.instance.feed.follow({ organizationId: suite.organizationId })
    await suite.instance.append(suite.organizationId, 2)
    expect(await take(stream, 2)).toEqual([6, 7])
  })

  it('replays all events after a position, and continues live', async () => {
    await suite.instance.append(suite.organizationId, 7)
    const streams = await Promise.all(
      [0, 3, 7].map((after) => suite.instance.feed.follow({ organizationId: suite.organizationId, after })),
    )
    await suite.instance.append(suite.organizationId, 2)
    expect(await Promise.all(streams.map((stream, index) => take(stream, [9, 6, 2][index] ?? 0)))).toEqual([
      range(1, 9),
      range(4, 9),
      range(8, 9),
    ])
  })

  it('delivers nothing up to a position in the future', async () => {
    const stream = await suite.instance.feed.follow({ organizationId: suite.organizationId, after: 5 })
    await suite.instance.append(suite.organizationId, 8)
    expect(await take(stream, 3)).toEqual([6, 7, 8])
  })

  it('delivers only the requested types, in a replay and live, and none if none is requested', async () => {
    const mixed = async () => {
      await suite.instance.append(suite.organizationId, 1, 'KEY_RESUMED')
      await suite.instance.append(suite.organizationId, 1, 'KEY_REVOKED')
      await suite.instance.append(suite.organizationId, 1, 'KEY_EXPIRED')
    }
    await mixed()
    const some = await suite.instance.feed.follow({
      organizationId: suite.organizationId,
      after: 0,
      types: ['KEY_REVOKED', 'KEY_EXPIRED'],
    })
    const none = await suite.instance.feed.follow({ organizationId: suite.organizationId, after: 0, types: [] })
    const nothing = none.next()
    expect(await take(some, 2)).toEqual([2, 3])
    await mixed()
    expect(await take(some, 2)).toEqual([5, 6])
    await none.return()
    expect(await nothing).toEqual(DONE)
  })

  it('calls a handler only for events of its types, of every organization', async () => {
    const seen: string[] = []
    suite.instance.feed.on(['KEY_REVOKED', 'KEY_EXPIRED'], (event) => seen.push(event.type))
    await suite.instance.append(suite.organizationId, 1, 'KEY_RESUMED')
    await suite.instance.append(suite.organizationId, 2, 'KEY_REVOKED')
    await suite.instance.append(newId('organization'), 1, 'KEY_EXPIRED')
    expect(seen).toEqual(['KEY_REVOKED', 'KEY_REVOKED', 'KEY_EXPIRED'])
  })

  it.runIf(engine === 'postgres')('polls for events of other instances, only of types with a handler', async () => {
    const seen: number[] = []
    suite.instance.feed.on(['KEY_REVOKED'], (event) => seen.push(event.sequence))
    await suite.instance.appendElsewhere(suite.organizationId, 2, 'KEY_RESUMED')
    await suite.instance.appendElsewhere(suite.organizationId, 1, 'KEY_REVOKED')
    suite.instance.clock.advance(1)
    await vi.waitFor(() => expect(seen).toContain(3), PATIENCE)
    expect(new Set(seen)).toEqual(new Set([3]))
  })

  it('delivers every event once and in order to each of many followers while 1,000 are appended', async () => {
    await suite.instance.append(suite.organizationId, 700)
    const total = 1_700
    const appending = (async () => {
      const one = (number: number) =>
        number % 3 === 0
          ? suite.instance.appendElsewhere(suite.organizationId)
          : suite.instance.append(suite.organizationId)
      for (let done = 0; done < 1_000; done += 50)
        await Promise.all(range(done + 1, done + 50).map((number) => one(number)))
    })()
    const replaying = [0, 1, 499, 500, 501, 699, 700, 900].map(async (after) => {
      const stream = await suite.instance.feed.follow({ organizationId: suite.organizationId, after })
      return { after, sequences: await take(stream, total - after) }
    })
    const live = await suite.instance.feed.follow({ organizationId: suite.organizationId })
    const first = (await live.next()).value?.sequence ?? 0
    const followed = take(live, total - first)
    await appending
    // What the other instance appended last is found when it is looked for.
    suite.instance.clock.advance(1)
    for (const { after, sequences } of await Promise.all(replaying)) expect(sequences).toEqual(range(after + 1, total))
    expect(await followed).toEqual(range(first + 1, total))
  }, 120_000)

  it.each<[string, (events: readonly number[]) => readonly (readonly number[])[]]>([
    ['arrive as they are', (all) => all.map((one) => [one])],
    ['arrive twice', (all) => all.flatMap((one) => [[one], [one]])],
    ['arrive in the wrong order', (all) => [...all].reverse().map((one) => [one])],
    ['arrive together, in the wrong order', (all) => [[all[0] ?? 0, ...all.slice(1).reverse()]]],
    ['arrive again, long after', (all) => [...all.map((one) => [one]), [...all], [all[0] ?? 0]]],
    ['are lost, but the last', (all) => [all.slice(-1)]],
    ['are lost, but the first and the last', (all) => [all.slice(0, 1), all.slice(-1)]],
  ])(
    'delivers every event once, in order and immediately if the messages of other instances %s',
    async (_how, arrive) => {
      const stream = await suite.instance.feed.follow({ organizationId: suite.organizationId })
      const committed = []
      for (let count = 0; count < 6; count += 1)
        committed.push(...(await suite.instance.appendElsewhere(suite.organizationId)))
      for (const message of arrive(range(1, 6)))
        suite.instance.transport.deliver(
          committed
            .filter(({ sequence }) => message.includes(sequence))
            .sort((a, b) => message.indexOf(a.sequence) - message.indexOf(b.sequence)),
        )
      expect(await take(stream, 6)).toEqual(range(1, 6))
      await suite.instance.append(suite.organizationId)
      expect(await take(stream, 1)).toEqual([7])
    },
  )

  it.each<[string, (instance: OpenFeed) => void]>([
    ['when the transport reports a gap', ({ transport }) => transport.reconnect()],
    ['within a second without a report', ({ clock }) => clock.advance(1)],
  ])('finds events that were lost silently %s', async (_when, act) => {
    const stream = await suite.instance.feed.follow({ organizationId: suite.organizationId })
    await suite.instance.appendElsewhere(suite.organizationId, 3)
    act(suite.instance)
    expect(await take(stream, 3)).toEqual([1, 2, 3])
  })

  it('misses nothing that is announced at the end of a poll', async () => {
    const look = suite.database.read.bind(suite.database)
    for (const turns of range(0, 12)) {
      const own = newId('organization')
      const stream = await suite.instance.feed.follow({ organizationId: own })
      const missed = await suite.instance.appendElsewhere(own)
      vi.spyOn(suite.database, 'read').mockImplementationOnce(async (work) => {
        const found = await look(work)
        const late = await suite.instance.appendElsewhere(own)
        let turn = Promise.resolve()
        for (let count = 0; count < turns; count += 1) turn = turn.then(() => undefined)
        void turn.then(() => suite.instance.transport.deliver(late))
        return found
      })
      suite.instance.transport.reconnect()
      expect(await take(stream, 1)).toEqual(missed.map(({ sequence }) => sequence))
      expect(await take(stream, 1), `after ${turns} turns`).toEqual([2])
      await stream.return()
    }
  })

  it('continues after a failed poll', async () => {
    const stream = await suite.instance.feed.follow({ organizationId: suite.organizationId })
    await suite.instance.appendElsewhere(suite.organizationId, 2)
    vi.spyOn(suite.database, 'read').mockRejectedValueOnce(new Error('The connection was lost.'))
    suite.instance.clock.advance(1)
    await vi.waitFor(() => expect(suite.instance.faults).toEqual([new Error('The connection was lost.')]), PATIENCE)
    suite.instance.clock.advance(1)
    expect(await take(stream, 2)).toEqual([1, 2])
  })
})
