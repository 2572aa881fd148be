import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { UseCounts } from '../kernel/use-counts.ts'

/** A cache of this instance. */
export interface CacheSource {
  readonly uses: UseCounts
  readonly size: () => number
}

/** Connections of this instance to the database. */
export interface Connections {
  readonly idle: number
  readonly busy: number
  /** Queries that wait for a connection. */
  readonly waiting: number
  readonly max: number
}

/** What this instance measures of itself. Parts keep plain numbers; they are read at each scrape. */
export interface InstanceSources {
  readonly openWebSockets: () => number
  readonly liveSubscriptions: () => number
  /** Distinct credentials that live subscriptions were opened with. */
  readonly subscribedCredentials: () => number
  /** By kind of credential, how often each result came out of a verification: `valid`, or a reason. */
  readonly verifications: Readonly<Record<string, Iterable<readonly [string, number]>>>
  readonly caches: Readonly<Record<string, CacheSource>>
  readonly feedLagSeconds: () => number
  readonly feedConnected: () => boolean
  readonly sweepLagSeconds: () => number
  readonly queues: Readonly<Record<string, () => number>>
  readonly connections: () => Connections
}

/** Adds what an instance measures of itself. */
export const registerInstanceMetrics = (registry: Registry, sources: InstanceSources): void => {
  const registers = [registry]
  const gauge = (name: string, help: string, measure: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(measure())
      },
    })
  gauge('keyturn_websockets_open', 'Open WebSockets.', sources.openWebSockets)
  gauge('keyturn_subscriptions_live', 'Active subscriptions over WebSocket or event stream.', sources.liveSubscriptions)
  gauge(
    'keyturn_subscribed_credentials',
    'Distinct credentials that active subscriptions were opened with.',
    sources.subscribedCredentials,
  )
  gauge(
    'keyturn_feed_lag_seconds',
    'Time since this instance last read everything that was committed. Always 0 with SQLite.',
    sources.feedLagSeconds,
  )
  gauge(
    'keyturn_feed_connected',
    'Whether this instance receives what others commit at once (1), or reads the database for every check (0).',
    () => Number(sources.feedConnected()),
  )
  gauge(
    'keyturn_sweep_lag_seconds',
    'How long the earliest warning, expiry or other due work on keys has been due, as of the last sweep.',
    sources.sweepLagSeconds,
  )
  registerVerifications(registers, sources.verifications)
  registerCaches(registers, sources.caches)
  registerQueues(registers, sources.queues)
  registerConnections(registers, sources.connections)
}

const registerVerifications = (registers: Registry[], verifications: InstanceSources['verifications']): void => {
  new Counter({
    name: 'keyturn_verifications_total',
    help: 'Verified secrets and access tokens, by result: valid, or why not.',
    labelNames: ['credential', 'result'],
    registers,
    collect() {
      this.reset()
      for (const [credential, counts] of Object.entries(verifications))
        for (const [result, count] of counts) this.inc({ credential, result: result.toLowerCase() }, count)
    },
  })
}

const registerCaches = (registers: Registry[], caches: InstanceSources['caches']): void => {
  new Counter({
    name: 'keyturn_cache_lookups_total',
    help: 'Look-ups in the caches of this instance.',
    labelNames: ['cache', 'result'],
    registers,
    collect() {
      this.reset()
      for (const [cache, { uses }] of Object.entries(caches)) {
        this.inc({ cache, result: 'hit' }, uses.hits)
        this.inc({ cache, result: 'miss' }, uses.misses)
      }
    },
  })
  new Gauge({
    name: 'keyturn_cache_entries',
    help: 'Entries in the caches of this instance.',
    labelNames: ['cache'],
    registers,
    collect() {
      for (const [cache, { size }] of Object.entries(caches)) this.set({ cache }, size())
    },
  })
}

const registerQueues = (registers: Registry[], queues: InstanceSources['queues']): void => {
  new Gauge({
    name: 'keyturn_queue_length',
    help: 'Waiting work of this instance, by queue.',
    labelNames: ['queue'],
    registers,
    collect() {
      for (const [queue, length] of Object.entries(queues)) this.set({ queue }, length())
    },
  })
}

const registerConnections = (registers: Registry[], measure: InstanceSources['connections']): void => {
  new Gauge({
    name: 'keyturn_database_connections',
    help: 'Connections of this instance to the database, idle and busy.',
    labelNames: ['state'],
    registers,
    collect() {
      const { idle, busy } = measure()
      this.set({ state: 'idle' }, idle)
      this.set({ state: 'busy' }, busy)
    },
  })
  new Gauge({
    name: 'keyturn_database_connections_max',
    help: 'Most connections of this instance to the database.',
    registers,
    collect() {
      this.set(measure().max)
    },
  })
  new Gauge({
    name: 'keyturn_database_connections_waiting',
    help: 'Queries of this instance that wait for a connection.',
    registers,
    collect() {
      this.set(measure().waiting)
    },
  })
}

const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500]
const SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** Measures appends to audit logs: how many events share a transaction, and how long it takes until they are committed. */
export const appendMetrics = (registry: Registry): ((events: number, seconds: number) => void) => {
  const registers = [registry]
  const sizes = new Histogram({
    name: 'keyturn_audit_append_events',
    help: 'Events that one append wrote to an audit log.',
    buckets: BATCH_BUCKETS,
    registers,
  })
  const durations = new Histogram({
    name: 'keyturn_audit_append_duration_seconds',
    help: 'Time of an append until its commit, with the wait for other appends to the same log.',
    buckets: SECONDS_BUCKETS,
    registers,
  })
  return (events, seconds) => {
    sizes.observe(events)
    durations.observe(seconds)
  }
}
