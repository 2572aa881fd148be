import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest'
import { type AuditEvent, BY_SYSTEM } from '../../src/audit/audit-event.ts'
import { AuditLog } from '../../src/audit/audit-log.ts'
import { keyExpired, keyResumed, keyRevoked } from '../../src/audit/events/key-events.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { newId } from '../../src/kernel/ids.ts'
import { AuditFeed } from '../../src/live/audit-feed.ts'
import type { FeedReceiver, FeedTransport } from '../../src/live/feed-transport.ts'
import type { LiveStream } from '../../src/live/live-stream.ts'
import type { Database } from '../../src/persistence/database.ts'
import { ManualClock } from './manual-clock.ts'
import { type OpenDatabase, openDatabase } from './open-database.ts'

/** A transport whose messages arrive when, how often and in what order a test says. */
class FaultyTransport implements FeedTransport {
  readonly connected = true
  deliver: (events: readonly AuditEvent[]) => void = () => undefined
  reconnect: () => void = () => undefined
  publish(): void {}
  async start({ onEvents, onGap }: FeedReceiver): Promise<void> {
    this.deliver = onEvents
    this.reconnect = onGap
  }
  async close(): Promise<void> {}
}

const KEY = { id: 'key_00000000000040008000000000000000', name: 'key', kind: 'API_KEY', ownerId: null } as const

/** One event of each type that these tests append. */
const DRAFTS = {
  KEY_RESUMED: keyResumed(KEY),
  KEY_REVOKED: keyRevoked(KEY, { reason: 'UNSPECIFIED' }),
  KEY_EXPIRED: keyExpired(KEY, new Date(0)),
}
type AppendedType = keyof typeof DRAFTS

/** One instance's feed, whose transport obeys the test, and another instance that writes to the same database. */
export const openFeed = async (database: Database) => {
  const clock = new ManualClock()
  const transport = new FaultyTransport()
  const faults: unknown[] = []
  const feed = new AuditFeed(database, clock, transport, (error) => faults.push(error))
  await feed.start()
  // The other instance tells nobody: what is told is up to the test.
  const elsewhere = new AuditLog(systemClock, { announce: () => undefined })
  const here = new AuditLog(systemClock, feed)
  const appendTo = (log: AuditLog, organizationId: string, count: number, type: AppendedType) =>
    database.write((writer) =>
      log.appendAll(
        writer,
        organizationId,
        Array.from({ length: count }, () => ({ cause: BY_SYSTEM, draft: DRAFTS[type] })),
      ),
    )
  return {
    feed,
    clock,
    transport,
    faults,
    /** Appends on this instance: its feed hears of it. */
    append: (organizationId: string, count = 1, type: AppendedType = 'KEY_RESUMED') =>
      appendTo(here, organizationId, count, type),
    /** Appends on the other instance: the feed hears of it if the test delivers it, or if it looks. */
    appendElsewhere: (organizationId: string, count = 1, type: AppendedType = 'KEY_RESUMED') =>
      appendTo(elsewhere, organizationId, count, type),
  }
}

export type OpenFeed = Awaited<ReturnType<typeof openFeed>>

/** A new feed for each test of a suite, on one database, and an organization that has no events yet. */
export const useFeed = (engine: 'sqlite' | 'postgres') => {
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
  return {
    get database() {
      return open.database
    },
    get instance() {
      return instance
    },
    get organizationId() {
      return organizationId
    },
  }
}

/** The sequences of the next so many events. */
export const take = async (stream: LiveStream<AuditEvent>, count: number): Promise<number[]> => {
  const sequences: number[] = []
  while (sequences.length < count) {
    const { done, value } = await stream.next()
    if (done) break
    sequences.push(value.sequence)
  }
  return sequences
}

/** The whole numbers from one to another. */
export const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
