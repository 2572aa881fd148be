import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BY_SYSTEM } from '../../src/audit/audit-event.ts'
import { keyResumed } from '../../src/audit/events/key-events.ts'
import {
  CreateOrganizationDocument,
  ExpiryWarningsDocument,
  KeyEventsDocument,
  ResumeKeyDocument,
  SuspendKeyDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { TRANSPORTS, untilLive, untilNothingIsLeft } from '../support/transports.ts'

const cases = ENGINES.flatMap((engine) => TRANSPORTS.map((transport) => ({ engine, ...transport })))

describe.each(cases)('resuming a subscription by $name, on $engine', ({ engine, open }) => {
  let organizationId: string
  const app = useApp({ engine })
  beforeEach(async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, { input: { name: 'Fresh' } })
    organizationId = createOrganization.organization.id
  })
  afterEach(() => {
    app.owner.close()
    return untilNothingIsLeft(app)
  })

  /** Sequences of the organization's events about keys, as they are in the database. */
  const keySequences = async (after = 0): Promise<number[]> => {
    const rows = await app.app.parts.services.database.read((reader) =>
      reader.query<{ sequence: string | number }>(
        `SELECT sequence FROM audit_events
         WHERE organization_id = ? AND sequence > ? AND type LIKE 'KEY_%' ORDER BY sequence`,
        [organizationId, after],
      ),
    )
    return rows.map((row) => Number(row.sequence))
  }
  /** Changes keys side by side: two events a round and key. */
  const hammer = async (keys: number, rounds: number) => {
    await Promise.all(
      Array.from({ length: keys }, async () => {
        const { id } = await app.apiKey({ organizationId })
        for (let round = 0; round < rounds; round += 1) {
          await app.owner.run(SuspendKeyDocument, { id })
          await app.owner.run(ResumeKeyDocument, { id })
        }
      }),
    )
  }
  const follow = async (after: number) => {
    const { results, stop } = await open(app.owner, KeyEventsDocument, { organizationId, after })
    const next = async (count: number) =>
      (await results.takeMany(count, 15_000)).map(({ data }) => data?.keyEvents.sequence)
    return { results, next, stop }
  }

  it.each([
    { what: 'from the beginning', behind: 0 },
    { what: 'from the middle', behind: 9 },
  ])('$what replays and continues live, without gaps or repeats, while keys are being changed', async ({ behind }) => {
    await hammer(3, 3)
    const changing = hammer(4, 12)
    const after = behind === 0 ? 0 : ((await keySequences())[behind - 1] ?? 0)
    const streams = await Promise.all(Array.from({ length: 3 }, () => follow(after)))
    await changing
    const committed = await keySequences(after)
    expect(committed).toHaveLength(3 * 7 + 4 * 25 - behind)
    for (const { next, results } of streams) {
      expect(await next(committed.length)).toEqual(committed)
      expect(results.pending).toEqual([])
    }
  })

  it('a log of several pages is replayed completely', async () => {
    const { id } = await app.apiKey({ organizationId })
    const { database } = app.app.parts.services
    const draft = keyResumed({ id, name: 'key', kind: 'API_KEY', ownerId: null })
    const entries = Array.from({ length: 1_234 }, () => ({ cause: BY_SYSTEM, draft }))
    await database.write((writer) => app.app.parts.log.appendAll(writer, organizationId, entries))
    const committed = await keySequences()
    const { next, results } = await follow(0)
    expect(await next(1_235)).toEqual(committed)
    await app.owner.run(SuspendKeyDocument, { id })
    expect(await next(1)).toEqual([(committed.at(-1) ?? 0) + 1])
    expect(results.pending).toEqual([])
  })

  it('without a position only later events are delivered, all of them', async () => {
    await hammer(1, 2)
    const past = await keySequences()
    const { results } = await open(app.owner, KeyEventsDocument, { organizationId })
    await untilLive(app, 1)
    await hammer(2, 5)
    const committed = await keySequences(past.at(-1))
    const seen = (await results.takeMany(committed.length)).map(({ data }) => data?.keyEvents.sequence)
    expect(seen).toEqual(committed)
  })

  it('a position ahead of the log delivers only events after it', async () => {
    await hammer(1, 1)
    const ahead = ((await keySequences()).at(-1) ?? 0) + 3
    const { next } = await follow(ahead)
    await untilLive(app, 1)
    await hammer(1, 3)
    expect(await next(1)).toEqual([ahead + 1])
  })

  it('a client that reconnects twenty times with its position gets every event exactly once', async () => {
    const changing = hammer(4, 20)
    const seen: (number | undefined)[] = []
    for (let connection = 0; connection < 20; connection += 1) {
      const { next, stop } = await follow(seen.at(-1) ?? 0)
      seen.push(...(await next(1 + (connection % 5))))
      stop()
      app.owner.close()
    }
    await changing
    const committed = await keySequences()
    const { next } = await follow(seen.at(-1) ?? 0)
    seen.push(...(await next(committed.length - seen.length)))
    expect(seen).toEqual(committed)
  })

  it('warnings are replayed after the sequence of the last one that was received', async () => {
    const live = await open(app.owner, ExpiryWarningsDocument, { organizationId })
    await untilLive(app, 1)
    for (const _ of [1, 2, 3]) await app.apiKey({ organizationId, expiresIn: 'PT3600S', warnBefore: ['PT3599S'] })
    const sequences = (await live.results.takeMany(3)).map(({ data }) => data?.expiryWarnings.sequence ?? 0)
    const all = await open(app.owner, ExpiryWarningsDocument, { organizationId, after: 0 })
    const rest = await open(app.owner, ExpiryWarningsDocument, { organizationId, after: sequences[0] ?? 0 })
    await untilLive(app, 3)
    await app.apiKey({ organizationId, expiresIn: 'PT3600S', warnBefore: ['PT3599S'] })
    sequences.push((await live.results.take()).data?.expiryWarnings.sequence ?? 0)
    const seen = async ({ results }: typeof all, count: number) =>
      (await results.takeMany(count)).map(({ data }) => data?.expiryWarnings.sequence)
    expect(await seen(all, 4)).toEqual(sequences)
    expect(await seen(rest, 3)).toEqual(sequences.slice(1))
    expect([...all.results.pending, ...rest.results.pending]).toEqual([])
  })
})
