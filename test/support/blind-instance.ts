import { eventsAfter } from '../../src/audit/audit.store.ts'
import type { AuditEvent } from '../../src/audit/audit-event.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { Unavailable } from '../../src/kernel/errors.ts'
import type { KeyFacts } from '../../src/keys/verification/key-facts.ts'
import { KeyFactsCache } from '../../src/keys/verification/key-facts-cache.ts'
import { AuditFeed } from '../../src/live/audit-feed.ts'
import type { FeedReceiver, FeedTransport } from '../../src/live/feed-transport.ts'
import type { OrganizationDirectory } from '../../src/organizations/organization-directory.ts'
import type { Database, Reader } from '../../src/persistence/database.ts'
import type { PolicyDirectory } from '../../src/policies/policy-directory.ts'
import { ModelReader } from './model-reader.ts'

const START = Date.UTC(2026, 5, 1)
const ORGANIZATION = 'org_00000000000040008000000000000001'
const QUERY_TIMEOUT_MS = 3_000

type Row = Record<string, string | number | null>

/** True time, and the process of one instance in it: while that is asleep, nothing of it runs. */
class Simulation {
  now = 0
  /** Until when the process sleeps. */
  awakeAt = 0
  private readonly timers = new Set<{ at: number; readonly run: () => void }>()

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + Math.max(0, ms), run }
    this.timers.add(timer)
    return () => this.timers.delete(timer)
  }

  delay(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  async advance(ms: number): Promise<void> {
    const end = this.now + ms
    await settle()
    for (;;) {
      let next: { at: number; readonly run: () => void } | undefined
      for (const timer of this.timers)
        if (next === undefined || Math.max(timer.at, this.awakeAt) < Math.max(next.at, this.awakeAt)) next = timer
      if (next === undefined || Math.max(next.at, this.awakeAt) > end) break
      this.timers.delete(next)
      this.now = Math.max(this.now, next.at, this.awakeAt)
      next.run()
      await settle()
    }
    this.now = Math.max(this.now, end)
    await settleDeliveries()
  }
}

/** Lets everything run that waits for nothing but promises. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await undefined
}
/** The same, deliveries to subscribers included, which take turns of the event loop. */
const settleDeliveries = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** What an instance reads of the database: at one instant on its way there and back, or not at all. */
class ModelDatabase implements Pick<Database, 'engine' | 'read'> {
  readonly engine = 'postgres'
  state: 'fine' | 'cut' | 'frozen' = 'fine'
  latencyMs = 1
  readonly rows: Row[] = []
  readonly revoked = new Map<string, number>()
  private readonly simulation: Simulation

  constructor(simulation: Simulation) {
    this.simulation = simulation
  }

  read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const reader = new ModelReader(async (sql, parameters) => {
      await this.travel()
      const rows = this.select(sql, parameters)
      await this.travel()
      return rows
    })
    return work(reader)
  }

  /** A reader that sees what is committed now, at once. */
  get omniscient(): Reader {
    return new ModelReader(async (sql, parameters) => this.select(sql, parameters))
  }

  private async travel(): Promise<void> {
    await this.simulation.delay(this.latencyMs)
    if (this.state === 'fine') return
    if (this.state === 'frozen') await this.simulation.delay(QUERY_TIMEOUT_MS)
    throw new Unavailable('The model has no database.', null)
  }

  private select(sql: string, parameters: readonly unknown[]): Row[] {
    const head = this.rows.at(-1)
    const heads = head === undefined ? [] : [head]
    if (sql.includes('SUM(sequence)')) {
      const total = this.rows.length
      const recent = heads.filter((row) => String(row.occurred_at) >= String(parameters[0]))
      return recent.length === 0
        ? [{ total, organization_id: null, sequence: null }]
        : recent.map(({ organization_id = null, sequence = null }) => ({ total, organization_id, sequence }))
    }
    if (sql.includes('FROM audit_heads')) return heads
    if (sql.includes('FROM audit_bases')) return []
    if (sql.includes('FROM audit_events')) return this.selectEvents(sql, parameters)
    const [keyId] = parameters
    return [{ revoked: this.revoked.has(String(keyId)) ? 1 : 0 }]
  }

  private selectEvents(sql: string, parameters: readonly unknown[]): Row[] {
    const isBounded = sql.includes('sequence <= ?')
    const types = parameters.filter((value) => typeof value === 'string' && value !== ORGANIZATION)
    const [after, upTo] = [Number(parameters[1]), isBounded ? Number(parameters[2]) : Number.POSITIVE_INFINITY]
    const limit = Number(/LIMIT (\d+)$/.exec(sql)?.[1])
    return this.rows
      .filter(({ sequence, type }) => {
        const number = Number(sequence)
        return number > after && number <= upTo && (types.length === 0 || types.includes(type))
      })
      .slice(0, limit)
  }
}

class ModelTransport implements FeedTransport {
  connected = true
  deliver: (events: readonly AuditEvent[]) => void = () => undefined
  gap: () => void = () => undefined
  resumed: () => void = () => undefined
  publish(): void {}
  async start({ onEvents, onGap, onResumed }: FeedReceiver): Promise<void> {
    this.deliver = onEvents
    this.gap = onGap
    this.resumed = onResumed
  }
  async close(): Promise<void> {}
}

/** The facts of keys with one fact: whether they are revoked. */
class ModelFacts extends KeyFactsCache {
  override async load(reader: Reader, keyId: string): Promise<KeyFacts> {
    const [row] = await reader.query<{ revoked: number }>('the facts of a key', [keyId])
    const key = { id: keyId, revokedAt: row?.revoked === 1 ? new Date(0) : null }
    return { key, secrets: [], organizationPath: [], owner: null } as unknown as KeyFacts
  }
}

/** One use of a key that was revoked before: how long before it was accepted, in milliseconds. */
export interface LateAcceptance {
  readonly keyId: string
  readonly lateMs: number
}

/** A real feed and real caches of one instance, in a world where time, lines and other instances obey a schedule. */
export class BlindInstance {
  readonly database: ModelDatabase
  readonly transport = new ModelTransport()
  readonly late: LateAcceptance[] = []
  readonly seen: number[] = []
  private readonly simulation = new Simulation()
  private readonly feed: AuditFeed
  private readonly facts: KeyFactsCache
  private wallOffset = 0
  private suspended = 0

  constructor() {
    this.database = new ModelDatabase(this.simulation)
    const now = () => START + this.simulation.now + this.wallOffset
    const clock: Clock = {
      now: () => new Date(now()),
      wakeAt: (instant, callback) => this.simulation.after(instant.getTime() - now(), callback),
    }
    const database = this.database as unknown as Database
    const monotonic = () => this.simulation.now - this.suspended
    this.feed = new AuditFeed(database, clock, this.transport, () => undefined, monotonic)
    this.facts = new ModelFacts({
      database,
      directory: {} as OrganizationDirectory,
      policies: {} as PolicyDirectory,
      feed: this.feed,
    })
  }

  async start(): Promise<void> {
    const started = this.feed.start()
    await this.advance(10)
    await started
    const following = this.feed.follow({ organizationId: ORGANIZATION, after: 0 })
    await this.advance(50)
    const stream = await following
    void (async () => {
      for await (const { sequence } of stream) this.seen.push(sequence)
    })()
  }

  advance(ms: number): Promise<void> {
    return this.simulation.advance(ms)
  }

  /** Another instance commits, by a clock that differs, and its message arrives after a while or never. */
  async commit(keyId: string | null, clockAheadMs: number, arrivesAfterMs: number | null): Promise<void> {
    const { rows, revoked } = this.database
    const sequence = rows.length + 1
    const before = String(rows.at(-1)?.occurred_at ?? '')
    const instant = new Date(START + this.simulation.now + clockAheadMs).toISOString()
    rows.push({
      ...{ organization_id: ORGANIZATION, sequence, id: `event_${sequence}`, details: '{}' },
      ...{ type: keyId === null ? 'KEY_RESUMED' : 'KEY_REVOKED', target_id: keyId, actor_kind: 'SYSTEM' },
      ...{ occurred_at: [before, instant].sort()[1] ?? instant, previous_hash: '', hash: '' },
    })
    if (keyId !== null && !revoked.has(keyId)) revoked.set(keyId, this.simulation.now)
    const events = await eventsAfter(this.database.omniscient, ORGANIZATION, { after: sequence - 1 }, 1)
    if (arrivesAfterMs !== null)
      this.simulation.after(arrivesAfterMs, () => this.transport.connected && this.transport.deliver(events))
  }

  /** Somebody uses a key at this instance. */
  use(keyId: string): void {
    Promise.resolve(this.facts.find(keyId)).then(
      (facts) => {
        const revokedAt = this.database.revoked.get(keyId)
        if (facts?.key.revokedAt === null && revokedAt !== undefined)
          this.late.push({ keyId, lateMs: this.simulation.now - revokedAt })
      },
      () => undefined,
    )
  }

  /** @param monotonicStops whether the machine sleeps, and not the process alone */
  sleep(ms: number, monotonicStops: boolean): void {
    this.simulation.awakeAt = Math.max(this.simulation.awakeAt, this.simulation.now + ms)
    if (monotonicStops) this.simulation.after(0, () => (this.suspended += ms))
  }

  /** Wakes up, and stays awake for a while. */
  async recover(ms: number): Promise<void> {
    await this.advance(Math.max(0, this.simulation.awakeAt - this.simulation.now) + ms)
  }

  private get isAsleep(): boolean {
    return this.simulation.now < this.simulation.awakeAt
  }

  setClock(stepMs: number): void {
    this.wallOffset += stepMs
  }

  /** @param as whether a connection that returns is a new one, or the old one after a silence */
  connect(connected: boolean, as: 'new' | 'resumed' = 'new'): void {
    const returns = connected && !this.transport.connected
    this.transport.connected = connected
    if (!returns || this.isAsleep) return
    if (as === 'new') this.transport.gap()
    else this.transport.resumed()
  }

  async close(): Promise<void> {
    const closed = this.feed.close()
    await this.advance(10_000)
    await closed
  }
}
