import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { HashedEvent } from '../../src/audit-chain/hashed-event.ts'
import { KeyEventsDocument, UpdateAuditRetentionDocument } from '../../src/generated/graphql.ts'
import { type ArchivingApp, bootArchiving } from '../support/archiving.ts'
import { historyOf, pageOf, sendPage } from '../support/audit-chain.ts'
import { ENGINES } from '../support/engines.ts'
import { type Target, tamperWith, victimOf } from '../support/tampering.ts'

const LOGS = 13

describe.each(ENGINES)('the retention of an audit log on %s', (engine) => {
  let app: ArchivingApp
  /** Each has four events, all signed; then 40 days passed. Each test takes one. */
  const logs: Target[] = []
  let old: Target
  beforeAll(async () => {
    app = await bootArchiving(engine)
    // Rotations of the signing key are recorded in the log of the oldest organization, which must be none of these.
    app.clock.advance(1)
    for (let count = 0; count < LOGS; count += 1) {
      const log = await victimOf(app, ['one', 'two'])
      await app.age(log.id, 0)
      logs.push(log)
    }
    app.clock.advance(40 * 86_400)
  })
  beforeEach(() => {
    const log = logs.pop()
    if (log === undefined) throw new Error('There are more tests than logs.')
    old = log
  })
  afterAll(() => app.close())

  const createKey = (name: string) => app.apiKey({ organizationId: old.id, name })

  it('writes old events to a file, and a signed base takes their place: the rest is intact', async () => {
    await app.keep(old.id, 'P30D')
    await app.archive()
    const [[name, text] = ['', '']] = Object.entries(app.files(old.id))
    expect(name).toBe('000000000001-000000000004.ndjson')
    const archived: (HashedEvent & { details: object })[] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(archived.map(({ sequence, hash }) => [sequence, hash])).toEqual(old.events.map((e) => [e.sequence, e.hash]))
    expect(await app.retention(old.id)).toMatchObject({
      keep: 'P30D',
      state: 'ACTIVE',
      firstSequence: 5,
      base: { sequence: 4, hash: old.hash(4) },
    })
    const left = await historyOf(app.owner, old.id)
    expect(left.map(({ sequence, type }) => [sequence, type])).toEqual([
      [5, 'ORGANIZATION_UPDATED'],
      [6, 'AUDIT_EVENTS_ARCHIVED'],
    ])
    expect(left[0]).toMatchObject({
      previousHash: old.hash(4),
      details: { changes: { auditRetention: { from: null, to: 'P30D' } } },
    })
    expect(left[1]).toMatchObject({ actor: { kind: 'SYSTEM' }, details: { firstSequence: 1, lastSequence: 4 } })
    expect(await app.rows(old.id)).toBe(2)
    expect(await app.verification(old.id)).toMatchObject({ intact: true, baseSequence: 4, checkedEvents: 2 })
  })

  it('continues with the next file where the last one ended', async () => {
    await app.keep(old.id, 'P30D')
    await app.archive()
    await createKey('three')
    await app.age(old.id, 40)
    await app.archive()
    expect(Object.keys(app.files(old.id))).toEqual([
      '000000000001-000000000004.ndjson',
      '000000000005-000000000007.ndjson',
    ])
    expect(await app.verification(old.id)).toMatchObject({ intact: true, baseSequence: 7, checkedEvents: 1 })
    // What is left is the news of the last archive. A quiet log makes no more of them.
    await app.age(old.id, 40)
    await app.archive()
    expect(await app.retention(old.id)).toMatchObject({ firstSequence: 8 })
  })

  it('keeps what is younger, and everything without a setting', async () => {
    await app.archive()
    await app.keep(old.id, 'P150D')
    await app.archive()
    expect((await historyOf(app.owner, old.id)).slice(0, 4)).toEqual(old.events)
    expect(await app.retention(old.id)).toMatchObject({ state: 'ACTIVE', firstSequence: 1 })
    expect(app.files(old.id)).toEqual({})
  })

  it('accepts no less than 30 days, and records each change once', async () => {
    const input = { organizationId: old.id, keep: 'P29D' }
    expect(await app.owner.fail(UpdateAuditRetentionDocument, { input })).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', issues: [{ path: 'keep', message: expect.stringContaining('P30D') }] },
    })
    for (const keep of ['P30D', 'P30D', null]) await app.keep(old.id, keep)
    const changes = await historyOf(app.owner, old.id, { types: ['ORGANIZATION_UPDATED'] })
    expect(changes.map(({ details }) => details)).toEqual([
      { changes: { auditRetention: { from: null, to: 'P30D' } } },
      { changes: { auditRetention: { from: 'P30D', to: null } } },
    ])
    await app.archive()
    expect(await app.retention(old.id)).toMatchObject({ keep: null, state: 'OFF', firstSequence: 1 })
  })

  it('archives no log that is not as it was signed, and says so', async () => {
    await app.keep(old.id, 'P30D')
    await tamperWith(app.database, [`UPDATE audit_events SET actor_name = 'nobody' WHERE ${old.at(2)}`])
    await app.archive()
    expect(app.files(old.id)).toEqual({})
    expect(await app.rows(old.id)).toBe(5)
    expect(app.logged.some((line) => line.includes('is not intact behind event 1: it is not archived'))).toBe(true)
  })

  it.each([
    ['a base that nobody signed', (at: string) => `UPDATE audit_bases SET signature = 'x.y.z' WHERE ${at}`],
    [
      'a checkpoint as the base',
      (at: string) =>
        `UPDATE audit_bases SET signature = (SELECT signature FROM audit_checkpoints WHERE ${at} AND number = 1),
         signed_at = (SELECT signed_at FROM audit_checkpoints WHERE ${at} AND number = 1) WHERE ${at}`,
    ],
    ['a missing base', (at: string) => `DELETE FROM audit_bases WHERE ${at}`],
    [
      'a base that hides more',
      (at: string) =>
        `UPDATE audit_bases SET sequence = 5, hash = (SELECT hash FROM audit_events WHERE ${at} AND sequence = 5) WHERE ${at}`,
    ],
  ])('does not hide %s from the verification', async (_what, statement) => {
    await app.keep(old.id, 'P30D')
    await app.archive()
    await tamperWith(app.database, [statement(`organization_id = '${old.id}'`)])
    expect(await app.verification(old.id)).toMatchObject({ intact: false })
  })

  it('does not delete by command what was not archived', async () => {
    await app.keep(old.id, 'P30D')
    await app.archive()
    const query = app.app.parts.sources.writing.query.bind(app.app.parts.sources.writing)
    await expect(query(`DELETE FROM audit_events WHERE organization_id = '${old.id}'`)).rejects.toThrow('append-only')
    for (const statement of [
      'DELETE FROM audit_bases',
      'UPDATE audit_bases SET sequence = sequence - 1',
      "UPDATE audit_bases SET hash = 'x'",
    ])
      await expect(query(statement)).rejects.toThrow('only moves forward')
  })

  it('refuses a subscriber whose position was archived, unless it missed nothing of its types', async () => {
    await app.keep(old.id, 'P30D')
    await app.archive()
    const { firstSequence } = await app.retention(old.id)
    const live = await createKey('three')
    const follow = async (after: number, types?: 'KEY_REVOKED'[]) => {
      const variables = { organizationId: old.id, after, ...(types === undefined ? {} : { types }) }
      const subscription = await app.owner.subscribe(KeyEventsDocument, variables)
      const found = await subscription.results.take()
      subscription.stop()
      return found
    }
    expect(await follow(2)).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT', issues: [{ path: 'after' }] } }],
    })
    expect(await follow(0)).toMatchObject({ data: { keyEvents: { targetId: live.id } } })
    expect(await follow(firstSequence - 1)).toMatchObject({ data: { keyEvents: { targetId: live.id } } })
    const quiet = await app.owner.subscribe(KeyEventsDocument, {
      organizationId: old.id,
      after: 2,
      types: ['KEY_SUSPENDED'],
    })
    await app.owner.send(`mutation { suspendKey(input: { id: "${live.id}" }) { __typename } }`)
    expect(await quiet.results.take()).toMatchObject({ data: { keyEvents: { type: 'KEY_SUSPENDED' } } })
    quiet.stop()
  })

  it('ends a list at the base, and refuses to continue from a cursor before it towards newer events', async () => {
    const oldest = await pageOf(app.owner, old.id, { last: 2 })
    await app.keep(old.id, 'P30D')
    await app.archive()
    expect(await pageOf(app.owner, old.id, { first: 5, after: oldest.pageInfo.startCursor })).toMatchObject({
      edges: [],
      pageInfo: { hasNextPage: false },
    })
    const { errors } = await sendPage(app.owner, old.id, { last: 2, before: oldest.pageInfo.startCursor })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'before' }] })
    expect((await pageOf(app.owner, old.id, { last: 1 })).edges[0]?.node.sequence).toBe(5)
    const event = await app.owner.send(`{ node(id: "${old.events[0]?.id}") { id } }`)
    expect(event.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  })

  it('keeps what a notification route has not read, a disabled one included, and says so', async () => {
    const target = { webhook: { url: 'https://receiver.example/' } }
    const { data } = await app.owner.send<{ createNotificationRoute: { route: { id: string } } }>(
      'mutation($input: CreateNotificationRouteInput!) { createNotificationRoute(input: $input) { route { id } } }',
      { input: { organizationId: old.id, name: 'route', target } },
    )
    const id = data?.createNotificationRoute.route.id ?? ''
    const change = (input: object) =>
      app.owner.send(
        'mutation($input: UpdateNotificationRouteInput!) { updateNotificationRoute(input: $input) { __typename } }',
        {
          input: { id, ...input },
        },
      )
    const redeliver = (afterSequence: number) =>
      app.owner.send(
        'mutation($input: RedeliverNotificationsInput!) { redeliverNotifications(input: $input) { __typename } }',
        { input: { routeId: id, afterSequence } },
      )
    await change({ enabled: false })
    await redeliver(2)
    await app.keep(old.id, 'P30D')
    await app.archive()
    expect(await app.retention(old.id)).toMatchObject({ state: 'HELD_BACK', firstSequence: 1 })
    await redeliver(4)
    await change({ enabled: true })
    await app.app.parts.notifications.work()
    await app.archive()
    expect(await app.retention(old.id)).toMatchObject({ state: 'ACTIVE', firstSequence: 5 })
    expect((await redeliver(3)).errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: [{ path: 'afterSequence', message: expect.stringContaining('archived') }],
    })
  })
})

describe('a server without a directory for archives', () => {
  it('deletes nothing, and says so', async () => {
    const app = await bootArchiving('sqlite', { KEYTURN_AUDIT_ARCHIVE_DIR: '' })
    const old = await victimOf(app, ['one'])
    await app.age(old.id, 40)
    await app.keep(old.id, 'P30D')
    await app.archive()
    expect(await app.retention(old.id)).toMatchObject({ keep: 'P30D', state: 'NO_ARCHIVE', firstSequence: 1 })
    expect(await app.rows(old.id)).toBe(4)
    await app.close()
  })
})

describe('the directory of a server', () => {
  it('is created, and must be writable: a start says so otherwise', async () => {
    const app = await bootArchiving('sqlite')
    const file = join(app.database.directory, 'keyturn.db')
    expect(readFileSync(file).length).toBeGreaterThan(0)
    await expect(bootArchiving('sqlite', { KEYTURN_AUDIT_ARCHIVE_DIR: join(file, 'below') })).rejects.toThrow(
      'KEYTURN_AUDIT_ARCHIVE_DIR',
    )
    await app.close()
  })
})
