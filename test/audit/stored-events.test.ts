import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventsAfter } from '../../src/audit/audit.store.ts'
import type { AuditEvent } from '../../src/audit/audit-event.ts'
import { verifyAuditLog } from '../../src/audit/audit-verification.ts'
import { AUDIT_EVENT_TYPES, type AuditEventType } from '../../src/audit/events/event-types.ts'
import { hashOf } from '../../src/audit/hash-chain.ts'
import { GENESIS_HASH } from '../../src/audit-chain/hashed-event.ts'
import { ENGINES } from '../support/engines.ts'
import { type OpenDatabase, openDatabase } from '../support/open-database.ts'

type Row = Record<string, string | number | null>

/** Rows that the version before events named their credential wrote, through its use cases. Never generate them anew. */
const ROWS: readonly Row[] = JSON.parse(
  readFileSync(new URL('events-before-credentials.json', import.meta.url), 'utf8'),
)
const ORGANIZATIONS = [...new Set(ROWS.map((row) => String(row.organization_id)))]
/** Types that came with or after the version that wrote the rows. */
const LATER: readonly AuditEventType[] = [
  'KEY_LEAKED',
  'AUDIT_EVENTS_ARCHIVED',
  'KEY_TOKENS_INVALIDATED',
  'SESSION_STARTED',
  'SESSION_ENDED',
  'NOTIFICATION_ROUTE_CREATED',
  'NOTIFICATION_ROUTE_UPDATED',
  'NOTIFICATION_ROUTE_DELETED',
]

describe.each(ENGINES)('events of an older version on %s', (engine) => {
  let open: OpenDatabase
  let events: AuditEvent[]
  beforeAll(async () => {
    open = await openDatabase(engine)
    await open.database.write(async (writer) => {
      for (const row of ROWS) {
        const columns = Object.keys(row)
        await writer.query(
          `INSERT INTO audit_events (${columns}) VALUES (${columns.map(() => '?')})`,
          Object.values(row),
        )
      }
      for (const id of ORGANIZATIONS) {
        const newest = ROWS.filter((row) => row.organization_id === id).at(-1)
        await writer.query(
          'INSERT INTO audit_heads (organization_id, sequence, hash, occurred_at) VALUES (?, ?, ?, ?)',
          [id, newest?.sequence, newest?.hash, newest?.occurred_at],
        )
      }
    })
    events = (
      await Promise.all(
        ORGANIZATIONS.map((id) => open.database.read((reader) => eventsAfter(reader, id, { after: 0 }, 1_000))),
      )
    ).flat()
  })
  afterAll(() => open.close())

  it('cover every type of that version', () => {
    expect(events).toHaveLength(ROWS.length)
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual(
      AUDIT_EVENT_TYPES.filter((type) => !LATER.includes(type)).sort(),
    )
  })

  it('are all decoded, with complete details', () => {
    for (const { type, details, storedDetails } of events)
      expect({ type, details }).toEqual({ type, details: storedDetails })
  })

  it('have matching hashes, and form a chain', () => {
    let previous: AuditEvent | null = null
    for (const event of events) {
      const { hash, ...rest } = event
      expect(hashOf(rest)).toBe(hash)
      if (event.organizationId !== previous?.organizationId) previous = null
      expect(event.previousHash).toBe(previous?.hash ?? GENESIS_HASH)
      previous = event
    }
  })

  it.each([
    ['credentialId', { credentialId: 'key_00000000000040008000000000000000' }],
    ['tokenId', { tokenId: '00000000-0000-4000-8000-000000000000' }],
    ['an empty credentialId', { credentialId: '' }],
    ['an empty tokenId', { tokenId: '' }],
  ])('fail the verification if %s is added to them', (_what, added) => {
    for (const { hash, ...rest } of events) expect(hashOf({ ...rest, ...added })).not.toBe(hash)
  })

  it('pass the verification', async () => {
    for (const id of ORGANIZATIONS)
      expect(await open.database.read((reader) => verifyAuditLog(reader, id, async () => []))).toMatchObject({
        intact: true,
        checkedEvents: ROWS.filter((row) => row.organization_id === id).length,
      })
  })
})
