import { beforeEach, describe, expect, it } from 'vitest'
import { ANONYMOUS, type Cause } from '../../src/audit/audit-event.ts'
import type { AuditLog } from '../../src/audit/audit-log.ts'
import { type Denial, GROUPS_PER_CALLER, GROUPS_PER_KIND } from '../../src/audit/denial-minute.ts'
import { DenialRecorder, MAX_GROUPS } from '../../src/audit/denial-recorder.ts'
import { accessDenied } from '../../src/audit/events/access-events.ts'
import type { EventDraft } from '../../src/audit/events/event-types.ts'
import { newId } from '../../src/kernel/ids.ts'
import type { Database } from '../../src/persistence/database.ts'
import { ManualClock } from '../support/manual-clock.ts'

interface Written {
  readonly organizationId: string
  readonly cause: Cause
  readonly draft: EventDraft
}

const FLOOD = 10_500
const range = (count: number) => Array.from({ length: count }, (_, number) => number)
const ipv6 = (network: number, host = 1) => `2001:db8:0:${network.toString(16)}::${host.toString(16)}`

describe('a flood of denials', () => {
  let clock: ManualClock
  let written: Written[]
  let recorder: DenialRecorder
  const [tenantA, tenantB] = [newId('organization'), newId('organization')]
  beforeEach(() => {
    clock = new ManualClock()
    written = []
    const log = {
      appendAll: async (_writer: unknown, organizationId: string, entries: Omit<Written, 'organizationId'>[]) =>
        void written.push(...entries.map((entry) => ({ organizationId, ...entry }))),
    } as unknown as AuditLog
    const database = { writeFor: (_: string, work: (writer: unknown) => unknown) => work(null) } as unknown as Database
    recorder = new DenialRecorder(database, clock, log, (error) => expect.fail(String(error)))
  })

  interface Refused {
    readonly address?: string
    readonly actorId?: string
    readonly keyId?: string
    readonly reason?: string
    readonly code?: string
    readonly required?: readonly string[]
  }
  const denial = (
    organizationId: string,
    { address, actorId, keyId, reason = 'unknown', ...why }: Refused,
  ): Denial => ({
    organizationId,
    cause: {
      actor: actorId === undefined ? ANONYMOUS : { kind: 'API_KEY', id: actorId, name: 'key' },
      credentialId: actorId ?? null,
      tokenId: null,
      requestId: null,
      ipAddress: address ?? '203.0.113.7',
      userAgent: null,
    },
    draft: accessDenied({ reason, ...why }, keyId === undefined ? null : { id: keyId, name: 'key' }),
  })
  const retiredUse = (organizationId: string, id: string): Denial => ({
    ...denial(organizationId, {}),
    draft: { type: 'RETIRED_SECRET_USED', target: { id, name: 'key' }, details: { kind: 'API_KEY', revoked: false } },
  })
  const eventsIn = (organizationId: string) => written.filter((event) => event.organizationId === organizationId)
  const detailsIn = (organizationId: string): Readonly<Record<string, unknown>>[] =>
    eventsIn(organizationId).map(({ draft }) => draft.details)
  /** How many refusals the events of an organization stand for. */
  const refusalsIn = (organizationId: string): number =>
    detailsIn(organizationId).reduce<number>((sum, { count, omitted }) => sum + Number(count ?? omitted), 0)

  const requireTenantBIsSeen = async () => {
    const [rotated, guessed] = [newId('key'), newId('key')]
    await recorder.record(retiredUse(tenantB, rotated))
    await recorder.record(denial(tenantB, { keyId: guessed, reason: 'wrong-secret' }))
    expect(eventsIn(tenantB).map(({ draft }) => [draft.type, draft.target?.id])).toEqual([
      ['RETIRED_SECRET_USED', rotated],
      ['ACCESS_DENIED', guessed],
    ])
  }

  it('of one key in a tenant, each with other text, is one group and hides nothing of another tenant', async () => {
    const actorId = newId('key')
    for (const number of range(FLOOD))
      await recorder.record(
        denial(tenantA, {
          actorId,
          keyId: actorId,
          reason: 'exchange',
          code: 'FORBIDDEN',
          required: [`module${number}:viewer`],
        }),
      )
    await requireTenantBIsSeen()
    await recorder.flush()
    expect(detailsIn(tenantA).map(({ count }) => count)).toEqual([1, FLOOD - 1])
  })

  it('of anonymous callers from one /64 is one group', async () => {
    for (const number of range(FLOOD)) await recorder.record(denial(tenantA, { address: ipv6(1, number) }))
    await requireTenantBIsSeen()
    expect(eventsIn(tenantA)).toHaveLength(1)
  })

  it('of one anonymous network does not use the capacity of other callers of the organization', async () => {
    for (const number of range(FLOOD))
      await recorder.record(denial(tenantB, { address: ipv6(1), reason: `reason ${number}` }))
    expect(eventsIn(tenantB)).toHaveLength(GROUPS_PER_CALLER)
    written = []
    await requireTenantBIsSeen()
    await recorder.record(denial(tenantB, { address: ipv6(2) }))
    await recorder.record(denial(tenantB, { actorId: newId('key') }))
    expect(eventsIn(tenantB)).toHaveLength(4)
  })

  it('of anonymous callers from everywhere leaves capacity for known callers, and for every first denial about a key', async () => {
    for (const number of range(FLOOD)) await recorder.record(denial(tenantB, { address: ipv6(number) }))
    expect(eventsIn(tenantB)).toHaveLength(GROUPS_PER_KIND)
    written = []
    await requireTenantBIsSeen()
    const actorId = newId('key')
    for (const reason of ['forbidden', 'exchange']) await recorder.record(denial(tenantB, { actorId, reason }))
    for (const key of range(1_000)) await recorder.record(denial(tenantB, { keyId: `key_${key}` }))
    expect(eventsIn(tenantB)).toHaveLength(2 + 2 + 1_000)
  })

  it('is counted exactly: the overflow is one event per minute', async () => {
    for (const number of range(1_000)) await recorder.record(denial(tenantA, { address: ipv6(number) }))
    clock.advance(30)
    for (const number of range(1_000)) await recorder.record(denial(tenantA, { address: ipv6(number) }))
    clock.advance(30)
    await recorder.flush()
    const omitted = 2 * (1_000 - GROUPS_PER_KIND)
    expect(
      eventsIn(tenantA).filter(({ draft }) => 'reason' in draft.details && draft.details.reason === 'overflow'),
    ).toMatchObject([
      {
        cause: { actor: { kind: 'SYSTEM' } },
        draft: {
          type: 'ACCESS_DENIED',
          target: null,
          details: { omitted, since: '2026-06-01T12:00:00.000Z', until: '2026-06-01T12:00:30.000Z' },
        },
      },
    ])
    expect(refusalsIn(tenantA)).toBe(2_000)
    await recorder.record(denial(tenantA, { address: ipv6(999) }))
    expect(detailsIn(tenantA).at(-1)).toEqual({ reason: 'unknown', count: 1 })
  })

  it('in many organizations takes capacity from the largest of them, and is still counted exactly', async () => {
    const tenants = range(MAX_GROUPS / (2 * GROUPS_PER_KIND)).map(() => newId('organization'))
    for (const tenant of tenants) {
      for (const number of range(GROUPS_PER_KIND)) await recorder.record(denial(tenant, { address: ipv6(number) }))
      for (const number of range(GROUPS_PER_KIND)) {
        const actorId = `key_${number % 100}`
        await recorder.record(denial(tenant, { actorId, reason: `${number}` }))
        await recorder.record(denial(tenant, { actorId, reason: `${number}` }))
      }
    }
    for (const number of range(500)) {
      await recorder.record(denial(tenantB, { address: ipv6(number) }))
      await recorder.record(denial(tenantB, { address: ipv6(number) }))
    }
    expect(eventsIn(tenantB)).toHaveLength(GROUPS_PER_KIND)
    await requireSum(tenants, 3 * GROUPS_PER_KIND)
    expect(refusalsIn(tenantB)).toBe(1_000)
  })

  const requireSum = async (tenants: readonly string[], each: number) => {
    await recorder.flush()
    expect(new Set(tenants.map(refusalsIn))).toEqual(new Set([each]))
  }

  it('that cannot be written in one organization is still written in the others', async () => {
    const fails = new Set([tenantA])
    const log = {
      appendAll: async (_writer: unknown, organizationId: string, entries: Omit<Written, 'organizationId'>[]) => {
        if (fails.has(organizationId)) throw new Error('The disk is full.')
        written.push(...entries.map((entry) => ({ organizationId, ...entry })))
      },
    } as unknown as AuditLog
    const database = { writeFor: (_: string, work: (writer: unknown) => unknown) => work(null) } as unknown as Database
    const faulty = new DenialRecorder(database, clock, log, () => undefined)
    await faulty.record(denial(tenantA, {}))
    for (const _ of range(3)) await faulty.record(denial(tenantB, {}))
    await expect(faulty.flush()).rejects.toThrow('The disk is full.')
    expect(detailsIn(tenantB).map(({ count }) => count)).toEqual([1, 2])
    fails.clear()
    await faulty.flush()
    expect(refusalsIn(tenantA)).toBe(1)
  })
})
