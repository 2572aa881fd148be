// What a page of a long history costs, at its newest end and in its middle. npm run bench:audit [-- --postgres]

import { insertEvents } from '../src/audit/audit.store.ts'
import { type AuditEvent, BY_SYSTEM, decodeEvent } from '../src/audit/audit-event.ts'
import { findHead } from '../src/audit/audit-heads.store.ts'
import { pageOfEvents } from '../src/audit/audit-pages.store.ts'
import { verifyAuditLog } from '../src/audit/audit-verification.ts'
import type { AuditEventFilter } from '../src/audit/event-filter.ts'
import type { AuditEventType } from '../src/audit/events/event-types.ts'
import { hashOf } from '../src/audit/hash-chain.ts'
import { newId } from '../src/kernel/ids.ts'
import { encodeCursor, parsePage } from '../src/kernel/page.ts'
import {
  filling,
  grouped,
  heading,
  mediansOf,
  milliseconds,
  openQuarry,
  printTable,
  type Quarry,
  settle,
  wantedEngine,
} from './support/bench.ts'

const EVENTS = 1_000_000
const MIDDLE = EVENTS / 2
const PAGE = 20
const RUNS = 200
const GOAL = 1.5
const ROWS_AT_ONCE = 20_000

const BEGIN = Date.UTC(2026, 0, 1)
const SECONDS_APART = 20

// Tokens come and go more often than anything else happens; one type and one actor are there for a handful of events alone.
const TYPES: readonly AuditEventType[] = [
  'TOKEN_ISSUED',
  'TOKEN_ISSUED',
  'TOKEN_ISSUED',
  'TOKEN_ISSUED',
  'KEY_CREATED',
  'KEY_ROTATED',
  'KEY_EXPIRY_WARNING',
  'KEY_REVOKED',
  'ACCESS_DENIED',
  'KEY_UPDATED',
]
const ACTORS = Array.from({ length: 100 }, () => newId('user'))
const TARGETS = Array.from({ length: 1_000 }, () => newId('key'))
const RARE_ACTOR = newId('user')
const isRare = (sequence: number) => sequence % (EVENTS / 10) === 7

const timeOf = (sequence: number) => new Date(BEGIN + sequence * SECONDS_APART * 1_000)

const eventAt = (organizationId: string, sequence: number, previousHash: string): AuditEvent => {
  const actorId = isRare(sequence) ? RARE_ACTOR : (ACTORS[(sequence * 7919) % ACTORS.length] ?? null)
  const unhashed = {
    id: newId('event'),
    organizationId,
    sequence,
    type: isRare(sequence)
      ? ('POLICY_UPDATED' as const)
      : (TYPES[(sequence * 104_729) % TYPES.length] ?? 'KEY_CREATED'),
    occurredAt: timeOf(sequence),
    actor: { kind: 'USER' as const, id: actorId, name: 'somebody' },
    credentialId: null,
    tokenId: null,
    targetId: TARGETS[(sequence * 15_485_863) % TARGETS.length] ?? null,
    targetName: 'nightly-deploy',
    storedDetails: { kind: 'API_KEY', hint: 'kt_ak_...abcd', grants: ['build:operator'] },
    requestId: BY_SYSTEM.requestId,
    ipAddress: '192.0.2.1',
    userAgent: 'bench',
    previousHash,
  }
  return decodeEvent({ ...unhashed, hash: hashOf(unhashed) })
}

/** Fills the organization's history up with events whose chain holds, after those of the first start. */
const fill = async ({ database, organizationId }: Quarry): Promise<void> =>
  database.write(async (writer) => {
    let { sequence, hash } = await findHead(writer, organizationId)
    while (sequence < EVENTS) {
      const events: AuditEvent[] = []
      while (events.length < ROWS_AT_ONCE && sequence < EVENTS) {
        sequence += 1
        const event = eventAt(organizationId, sequence, hash)
        hash = event.hash
        events.push(event)
      }
      await insertEvents(writer, events)
    }
  })

const between = { occurredAfter: timeOf(EVENTS / 4), occurredBefore: timeOf((3 * EVENTS) / 4) }
const [actorId, targetId] = [ACTORS[0], TARGETS[0]]

const FILTERS: readonly (readonly [string, AuditEventFilter])[] = [
  ['no filter', {}],
  ['a common type', { types: ['TOKEN_ISSUED'] }],
  ['a type', { types: ['KEY_REVOKED'] }],
  ['three types', { types: ['KEY_CREATED', 'KEY_ROTATED', 'KEY_REVOKED'] }],
  ['a rare type', { types: ['POLICY_UPDATED'] }],
  ['a rare type and a common one', { types: ['POLICY_UPDATED', 'TOKEN_ISSUED'] }],
  ['a type that never was', { types: ['NOTIFICATION_ROUTE_CREATED'] }],
  ['an actor', { actorId }],
  ['a rare actor', { actorId: RARE_ACTOR }],
  ['a target', { targetId }],
  ['an actor and a type', { actorId, types: ['KEY_REVOKED'] }],
  ['a rare actor and a common type', { actorId: RARE_ACTOR, types: ['TOKEN_ISSUED'] }],
  ['a target and a type', { targetId, types: ['KEY_REVOKED'] }],
  ['a time and all after', { occurredAfter: timeOf(EVENTS / 4) }],
  ['a time and all before', { occurredBefore: timeOf((3 * EVENTS) / 4) }],
  ['between two times', between],
  ['a type between two times', { ...between, types: ['KEY_REVOKED'] }],
]

const measure = async ({ database, organizationId }: Quarry) => {
  const page = (filter: AuditEventFilter, after: string | null) =>
    database.read((reader) =>
      pageOfEvents(reader, organizationId, filter, parsePage('audit', ['number'], { first: PAGE, after })),
    )
  const rows: { filter: string; first: number; middle: number }[] = []
  for (const [name, filter] of FILTERS) {
    const [first = Number.NaN, middle = Number.NaN] = await mediansOf(RUNS, [
      () => page(filter, null),
      () => page(filter, encodeCursor('audit', [MIDDLE + 1])),
    ])
    rows.push({ filter: name, first, middle })
  }
  return rows
}

const engine = wantedEngine()
heading(`Pages of ${PAGE} among ${grouped(EVENTS)} events, median of ${RUNS} runs`, engine)
const quarry = await openQuarry(engine)
try {
  const began = performance.now()
  await filling(quarry, () => fill(quarry))
  await settle(quarry)
  const filled = performance.now()
  const verification = await quarry.database.read((reader) =>
    verifyAuditLog(reader, quarry.organizationId, async () => []),
  )
  const verified = performance.now()
  if (!verification.intact) throw new Error(`The chain is broken at ${verification.firstBrokenSequence}.`)
  const rows = await measure(quarry)
  printTable(
    ['filter', 'newest page', `at event ${grouped(MIDDLE)}`, 'ratio'],
    rows.map(({ filter, first, middle }) => [
      filter,
      milliseconds(first),
      milliseconds(middle),
      (middle / first).toFixed(2),
    ]),
  )
  const perSecond = (milli: number) => grouped(EVENTS / (milli / 1_000))
  console.log(
    `\nfilled with ${perSecond(filled - began)} events a second, the chain verified with ${perSecond(verified - filled)}`,
  )
  const [plain] = rows
  const ratio = plain === undefined ? Number.NaN : plain.middle / plain.first
  console.log(`without a filter, middle / newest: ${ratio.toFixed(2)} (goal: under ${GOAL})`)
  process.exitCode = ratio < GOAL ? 0 : 1
} finally {
  await quarry.close()
}
