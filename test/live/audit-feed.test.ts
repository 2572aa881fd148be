import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { newId } from '../../src/kernel/ids.ts'
import { ENGINES } from '../support/engines.ts'
import { openFeed, range, take } from '../support/feed.ts'
import { type OpenDatabase, openDatabase } from '../support/open-database.ts'

type OpenFeed = Awaited<ReturnType<typeof openFeed>>
const DONE = { done: true, value: undefined }

describe.each(ENGINES)('the audit feed on %s', (engine) => {
  let open: OpenDatabase
  let instance: OpenFeed
  let organizationId: string
  beforeAll(async () => {
    open = await openDatabase(engine)
  })
  afterAll(() => open.close())
  beforeEach(async () => {
    instance = await openFeed(open.database)
    organizationId = newId('organization')
  })
  afterEach(async () => {
    await instance.feed.close()
    vi.restoreAllMocks()
  })

  it('delivers no events of other organizations', async () => {
    const other = newId('organization')
    const stream = await instance.feed.follow({ organizationId, after: 0 })
    await instance.append(other, 3)
    const [own] = await instance.append(organizationId)
    expect((await stream.next()).value).toEqual(own)
    const next = stream.next()
    await stream.return()
    expect(await next).toEqual(DONE)
  })

  it('delivers only later events to a follower without a position', async () => {
    await instance.append(organizationId, 3)
    // Committed by another instance and not heard of: it was there all the same.
    await instance.appendElsewhere(organizationId, 2)
    const stream = await instance.feed.follow({ organizationId })
    await instance.append(organizationId, 2)
    expect(await take(stream, 2)).toEqual([6, 7])
  })

  it('replays all events after a position, and continues live', async () => {
    await instance.append(organizationId, 7)
    const streams = await Promise.all([0, 3, 7].map((after) => instance.feed.follow({ organizationId, after })))
    await instance.append(organizationId, 2)
    expect(await Promise.all(streams.map((stream, index) => take(stream, [9, 6, 2][index] ?? 0)))).toEqual([
      range(1, 9),
      range(4, 9),
      range(8, 9),
    ])
  })

  it('delivers nothing up to a position in the future', async () => {
    const stream = await instance.feed.follow({ organizationId, after: 5 })
    await instance.append(organizationId, 8)
    expect(await take(stream, 3)).toEqual([6, 7, 8])
  })

  it('delivers only the requested types, in a replay and live, and none if none is requested', async () => {
    const mixed = async () => {
      await instance.append(organizationId, 1, 'KEY_RESUMED')
      await instance.append(organizationId, 1, 'KEY_REVOKED')
      await instance.append(organizationId, 1, 'KEY_EXPIRED')
    }
    await mixed()
    const some = await instance.feed.follow({ organizationId, after: 0, types: ['KEY_REVOKED', 'KEY_EXPIRED'] })
    const none = await instance.feed.follow({ organizationId, after: 0, types: [] })
    const nothing = none.next()
    expect(await take(some, 2)).toEqual([2, 3])
    await mixed()
    expect(await take(some, 2)).toEqual([5, 6])
    await none.return()
    expect(await nothing).toEqual(DONE)
  })

  it('calls a handler only for events of its types, of every organization', async () => {
    const seen: string[] = []
    instance.feed.on(['KEY_REVOKED', 'KEY_EXPIRED'], (event) => seen.push(event.type))
    await instance.append(organizationId, 1, 'KEY_RESUMED')
    await instance.append(organizationId, 2, 'KEY_REVOKED')
    await instance.append(newId('organization'), 1, 'KEY_EXPIRED')
    expect(seen).toEqual(['KEY_REVOKED', 'KEY_REVOKED', 'KEY_EXPIRED'])
  })

  it.runIf(engine === 'postgres')('polls for events of other instances, only of types with a handler', async () => {
    const seen: number[] = []
    instance.feed.on(['KEY_REVOKED'], (event) => seen.push(event.sequence))
    await instance.appendElsewhere(organizationId, 2, 'KEY_RESUMED')
    await instance.appendElsewhere(organizationId, 1, 'KEY_REVOKED')
    instance.clock.advance(1)
    await vi.waitFor(() => expect(seen).toContain(3))
    expect(new Set(seen)).toEqual(new Set([3]))
  })

  it('delivers every event once and in order to each of many followers while 1,000 are appended', async () => {
    await instance.append(organizationId, 700)
    const total = 1_700
    const appending = (async () => {
      const one = (number: number) =>
        number % 3 === 0 ? instance.appendElsewhere(organizationId) : instance.append(organizationId)
      for (let done = 0; done < 1_000; done += 50)
        await Promise.all(range(done + 1, done + 50).map((number) => one(number)))
    })()
    const replaying = [0, 1, 499, 500, 501, 699, 700, 900].map(async (after) => {
      const stream = await instance.feed.follow({ organizationId, after })
      return { after, sequences: await take(stream, total - after) }
    })
    const live = await instance.feed.follow({ organizationId })
    const first = (await live.next()).value?.sequence ?? 0
    const followed = take(live, total - first)
    await appending
    // What the other instance appended last is found when it is looked for.
    instance.clock.advance(1)
    for (const { after, sequences } of await Promise.all(replaying)) expect(sequences).toEqual(range(after + 1, total))
    expect(await followed).toEqual(range(first + 1, total))
  })

  it.each<[string, (events: readonly number[]) => readonly (readonly number[])[]]>([
    ['arrive as they are', (all) => all.map((one) => [one])],
    ['arrive twice', (all) => all.flatMap((one) => [[one], [one]])],
    ['arrive in the wrong order', (all) => [...all].reverse().map((one) => [one])],
    ['arrive together, in the wrong order', (all) => [[all[0] ?? 0, ...all.slice(1).reverse()]]],
    ['arrive again, long after', (all) => [...all.map((one) => [one]), [...all], [all[0] ?? 0]]],
    ['are lost, but the last', (all) => [all.slice(-1)]],
    ['are lost, but the first and the last', (all) => [all.slice(0, 1), all.slice(-1)]],
  ])('gives every event once, in order and at once, where the messages of other instances %s', async (_how, arrive) => {
    const stream = await instance.feed.follow({ organizationId })
    const committed = []
    for (let count = 0; count < 6; count += 1) committed.push(...(await instance.appendElsewhere(organizationId)))
    for (const message of arrive(range(1, 6)))
      instance.transport.deliver(
        committed
          .filter(({ sequence }) => message.includes(sequence))
          .sort((a, b) => message.indexOf(a.sequence) - message.indexOf(b.sequence)),
      )
    expect(await take(stream, 6)).toEqual(range(1, 6))
    await instance.append(organizationId)
    expect(await take(stream, 1)).toEqual([7])
  })

  it.each<[string, (instance: OpenFeed) => void]>([
    ['when the transport says that it may have missed something', ({ transport }) => transport.reconnect()],
    ['within a second, where nothing says so', ({ clock }) => clock.advance(1)],
  ])('finds what was lost without a trace %s', async (_when, act) => {
    const stream = await instance.feed.follow({ organizationId })
    await instance.appendElsewhere(organizationId, 3)
    act(instance)
    expect(await take(stream, 3)).toEqual([1, 2, 3])
  })

  it('misses nothing that is announced at the end of a poll', async () => {
    const look = open.database.read.bind(open.database)
    for (const turns of range(0, 12)) {
      const own = newId('organization')
      const stream = await instance.feed.follow({ organizationId: own })
      const missed = await instance.appendElsewhere(own)
      vi.spyOn(open.database, 'read').mockImplementationOnce(async (work) => {
        const found = await look(work)
        const late = await instance.appendElsewhere(own)
        let turn = Promise.resolve()
        for (let count = 0; count < turns; count += 1) turn = turn.then(() => undefined)
        void turn.then(() => instance.transport.deliver(late))
        return found
      })
      instance.transport.reconnect()
      expect(await take(stream, 1)).toEqual(missed.map(({ sequence }) => sequence))
      expect(await take(stream, 1), `after ${turns} turns`).toEqual([2])
      await stream.return()
    }
  })

  it('continues after a failed poll', async () => {
    const stream = await instance.feed.follow({ organizationId })
    await instance.appendElsewhere(organizationId, 2)
    vi.spyOn(open.database, 'read').mockRejectedValueOnce(new Error('The connection was lost.'))
    instance.clock.advance(1)
    await vi.waitFor(() => expect(instance.faults).toEqual([new Error('The connection was lost.')]))
    instance.clock.advance(1)
    expect(await take(stream, 2)).toEqual([1, 2])
  })
})
