import { expect, it } from 'vitest'
import { BY_SYSTEM, decodeEvent } from '../../src/audit/audit-event.ts'
import { EventHandlers } from '../../src/live/event-handlers.ts'
import { MissedEvents } from '../../src/live/missed-events.ts'
import { ModelReader } from '../support/model-reader.ts'
import { deferred } from '../support/open-database.ts'

const ORGANIZATION = 'org_00000000000040008000000000000001'
const NOW = new Date('2026-06-01T12:00:00.000Z')

const row = (sequence: number) => ({
  ...{ organization_id: ORGANIZATION, sequence, id: `event_${sequence}`, type: 'KEY_RESUMED', details: '{}' },
  ...{ target_id: null, actor_kind: 'SYSTEM', occurred_at: NOW.toISOString(), previous_hash: '', hash: '' },
})
const eventOf = (sequence: number) =>
  decodeEvent({
    ...BY_SYSTEM,
    ...{ organizationId: ORGANIZATION, sequence, id: `event_${sequence}`, type: 'KEY_RESUMED', occurredAt: NOW },
    ...{ targetId: null, targetName: null, storedDetails: {}, previousHash: '', hash: '' },
  })

/** A log of so many events, whose rows arrive when the test says so. */
const openLog = () => {
  const log = { length: 0, arrive: Promise.resolve(), asked: deferred() }
  const reader = new ModelReader(async (sql, parameters) => {
    if (!sql.includes('FROM audit_events')) {
      const head = { organization_id: ORGANIZATION, sequence: log.length }
      return log.length === 0 ? [] : [{ total: log.length, ...head }]
    }
    log.asked.resolve()
    await log.arrive
    const [, after, upTo] = parameters.map(Number)
    const rows = Array.from({ length: log.length }, (_, index) => row(index + 1))
    return rows.filter(({ sequence }) => sequence > (after ?? 0) && sequence <= (upTo ?? 0))
  })
  return { log, reader }
}

it('an event that is announced during a poll is not delivered twice', async () => {
  const { log, reader } = openLog()
  const handlers = new EventHandlers()
  const seen: number[] = []
  handlers.add(['KEY_RESUMED'], ({ sequence }) => seen.push(sequence))
  const missed = new MissedEvents(handlers)
  const announce = (sequence: number) => {
    handlers.notify([eventOf(sequence)])
    missed.note(eventOf(sequence))
  }
  await missed.poll(reader, NOW)
  log.length = 3
  announce(1)
  const arrival = deferred()
  log.arrive = arrival.promise
  const polled = missed.poll(reader, NOW)
  await log.asked.promise
  announce(2)
  arrival.resolve()
  await polled
  expect(seen).toEqual([1, 2, 3])
})
