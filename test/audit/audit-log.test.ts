import { beforeAll, describe, expect, it } from 'vitest'
import {
  AuditVerificationDocument,
  CreateApiKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
} from '../../src/generated/graphql.ts'
import { faultsOf, historyOf, type PublicEvent, pageOf, publicHash, sendPage } from '../support/audit-chain.ts'
import { type Person, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe.each(ENGINES)('the audit log on %s', (engine) => {
  const clock = new ManualClock()
  let operator: Person
  let first: { id: string; secret: string }
  let second: { id: string; secret: string }
  let all: PublicEvent[]
  const app = useApp({ engine, clock })
  beforeAll(async () => {
    operator = await app.person('Operator', [{ module: '*', role: 'MANAGER' }])
    for (const change of [
      async () => {
        first = await app.apiKey({ name: 'first', description: 'Ümläute, "quotes", \\ and 😀', metadata: { n: 1e21 } })
      },
      async () => {
        second = await app.apiKey({ name: 'second 😀 \u2028', allowedIps: ['::/0', '127.0.0.0/8'] })
      },
      () => operator.client.run(RotateKeyDocument, { input: { id: first.id, overlap: 'PT1H' } }),
      () =>
        app.owner.run(UpdateKeyDocument, {
          input: { id: second.id, name: 'renamed', metadata: { b: [1.5, -0, null, { z: 1, a: 2 }], a: 'é\u0007' } },
        }),
      () => operator.client.run(SuspendKeyDocument, { id: second.id }),
      () => app.owner.run(RevokeKeyDocument, { input: { id: first.id, note: 'no longer\nneeded' } }),
    ]) {
      clock.advance(60)
      await change()
    }
    all = await historyOf(app.owner, app.organizationId)
  })

  it('belongs to one organization only', async () => {
    const { organizationId, owner } = await app.stranger()
    expect(await sendPage(owner.client, app.organizationId)).toMatchObject({
      data: { organization: null },
      errors: [{ extensions: { code: 'NOT_FOUND' } }],
    })
    const theirs = await historyOf(owner.client, organizationId)
    expect(theirs.map(({ sequence }) => sequence)).toEqual(theirs.map((_, index) => index + 1))
    expect(faultsOf(theirs, organizationId)).toEqual([])
    expect(theirs.filter(({ id }) => all.some((event) => event.id === id))).toEqual([])
    // A cursor is a place in a list, and opens no other tenant's.
    const { pageInfo } = await pageOf(app.owner, app.organizationId, { first: 1 })
    const page = await pageOf(owner.client, organizationId, { first: 100, after: pageInfo.endCursor })
    expect(page.edges.map(({ node }) => node.id).filter((id) => all.some((event) => event.id === id))).toEqual([])
  })

  it('needs audit:viewer, and audit:manager for the origin of requests', async () => {
    const outsider = await app.person('No Auditor', [{ module: 'keys', role: 'OPERATOR' }])
    expect(await sendPage(outsider.client, app.organizationId)).toMatchObject({
      data: { organization: { auditEvents: null } },
      errors: [{ extensions: { code: 'FORBIDDEN', required: ['audit:viewer'] } }],
    })
    const viewer = await app.person('Auditor', [{ module: 'audit', role: 'VIEWER' }])
    const { data, errors } = await sendPage(viewer.client, app.organizationId, { first: 1 })
    expect(data?.organization?.auditEvents?.edges[0]?.node).toMatchObject({ ipAddress: null, userAgent: null })
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'FORBIDDEN', required: ['audit:manager'] },
      { code: 'FORBIDDEN', required: ['audit:manager'] },
    ])
  })

  it('numbers the events 1, 2, 3, ... and chains them by hashes that anyone can compute from the API', async () => {
    expect(all.length).toBeGreaterThan(8)
    expect(faultsOf(all, app.organizationId)).toEqual([])
    expect(all.find(({ type }) => type === 'KEY_REVOKED')).toMatchObject({
      ipAddress: '127.0.0.1',
      userAgent: 'node',
      details: { note: 'no longer\nneeded' },
    })
  })

  it.each<[string, Partial<PublicEvent>]>([
    ['type', { type: 'KEY_UPDATED' }],
    ['time', { occurredAt: '2026-06-01T12:00:00.001Z' }],
    ['actor', { actor: { kind: 'SYSTEM', id: null, name: null } }],
    ['credential', { credentialId: 'key_00000000000000000000000000000000' }],
    ['token', { tokenId: 'another' }],
    ['target', { targetId: 'key_00000000000000000000000000000000' }],
    ['name of the target', { targetName: 'else' }],
    ['details', { details: {} }],
    ['request', { requestId: 'r' }],
    ['address', { ipAddress: '10.0.0.1' }],
    ['program', { userAgent: 'curl' }],
    ['place', { sequence: 99 }],
    ['id', { id: 'evt_00000000000000000000000000000000' }],
  ])('covers the %s of an event by its hash', (_what, change) => {
    const [event] = all
    expect(event && publicHash(event, app.organizationId)).toBe(event?.hash)
    expect(event && publicHash({ ...event, ...change }, app.organizationId)).not.toBe(event?.hash)
  })

  it('is verified, with the position of its end', async () => {
    const { organization } = await app.owner.run(AuditVerificationDocument, { organizationId: app.organizationId })
    const now = await historyOf(app.owner, app.organizationId)
    expect(organization?.auditVerification).toEqual({
      intact: true,
      baseSequence: 0,
      checkedEvents: now.length,
      firstBrokenSequence: null,
      headHash: now.at(-1)?.hash,
    })
  })

  it('has ascending times, even if the clock goes back', async () => {
    clock.advance(-5)
    await app.owner.run(CreateApiKeyDocument, {
      input: { organizationId: app.organizationId, name: 'made by a clock behind', grants: [], neverExpires: true },
    })
    clock.advance(5)
    const events = await historyOf(app.owner, app.organizationId)
    expect(events.at(-1)).toMatchObject({ type: 'KEY_CREATED', occurredAt: events.at(-2)?.occurredAt })
    expect(faultsOf(events, app.organizationId)).toEqual([])
  })

  describe('with a filter', () => {
    const at = (minutes: number) => new Date(Date.UTC(2026, 5, 1, 12, minutes)).toISOString()
    interface Case {
      readonly filter: () => Record<string, unknown>
      readonly keeps: (event: PublicEvent) => boolean
      readonly most?: number
    }
    it.each<[string, Case]>([
      ['by one type', { filter: () => ({ types: ['KEY_CREATED'] }), keeps: ({ type }) => type === 'KEY_CREATED' }],
      [
        'by several types',
        {
          filter: () => ({ types: ['KEY_ROTATED', 'KEY_REVOKED'] }),
          keeps: ({ type }) => type === 'KEY_ROTATED' || type === 'KEY_REVOKED',
        },
      ],
      [
        'by an actor',
        { filter: () => ({ actorId: operator.userId }), keeps: ({ actor }) => actor.id === operator.userId },
      ],
      ['by a target', { filter: () => ({ targetId: first.id }), keeps: ({ targetId }) => targetId === first.id }],
      [
        'by a target that is no key',
        { filter: () => ({ targetId: app.organizationId }), keeps: ({ targetId }) => targetId === app.organizationId },
      ],
      ['after an instant, not at it', { filter: () => ({ occurredAfter: at(3) }), keeps: (e) => e.occurredAt > at(3) }],
      [
        'before an instant, not at it',
        { filter: () => ({ occurredBefore: at(3) }), keeps: (e) => e.occurredAt < at(3) },
      ],
      [
        'between instants',
        {
          filter: () => ({ occurredAfter: at(1), occurredBefore: at(5) }),
          keeps: (e) => e.occurredAt > at(1) && e.occurredAt < at(5),
        },
      ],
      [
        'by all of it at once',
        {
          filter: () => ({
            types: ['KEY_CREATED', 'KEY_ROTATED', 'KEY_SUSPENDED'],
            actorId: operator.userId,
            targetId: first.id,
            occurredAfter: at(2),
            occurredBefore: at(4),
          }),
          keeps: (e) => e.actor.id === operator.userId && e.targetId === first.id && e.type === 'KEY_ROTATED',
        },
      ],
    ])('%s, it returns exactly these events, newest first', async (_what, { filter, keeps }) => {
      const now = await historyOf(app.owner, app.organizationId)
      const expected = now.filter(keeps)
      expect(expected.length).toBeGreaterThan(0)
      expect(expected.length).toBeLessThan(now.length)
      const { edges } = await pageOf(app.owner, app.organizationId, { filter: filter(), first: 100 })
      expect(edges.map(({ node }) => node)).toEqual(expected.reverse())
    })

    it.each<[string, () => Record<string, unknown>]>([
      ['no type at all', () => ({ types: [] })],
      ['a type that never happened', () => ({ types: ['NOTIFICATION_ROUTE_DELETED'] })],
      ['a time to come', () => ({ occurredAfter: '2999-01-01T00:00:00.000Z' })],
      ['a time before the first', () => ({ occurredBefore: '2000-01-01T00:00:00.000Z' })],
      ['a time from end to beginning', () => ({ occurredAfter: at(4), occurredBefore: at(2) })],
      ['one actor and the target of another', () => ({ actorId: operator.userId, targetId: app.organizationId })],
    ])('by %s, it returns an empty page', async (_what, filter) => {
      expect(await pageOf(app.owner, app.organizationId, { filter: filter() })).toEqual({
        edges: [],
        pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      })
    })

    it.each([
      ['actorId', { actorId: 'nobody' }],
      ['actorId', { actorId: 'org_00000000000040008000000000000000' }],
      ['targetId', { targetId: 'x'.repeat(37) }],
      ['targetId', { targetId: 'key_\u0000' }],
    ])('by an invalid %s, it is BAD_USER_INPUT (%j)', async (name, filter) => {
      const { errors } = await sendPage(app.owner, app.organizationId, { filter })
      expect(errors?.[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        issues: [{ path: `filter.${name}` }],
      })
    })
  })
})
