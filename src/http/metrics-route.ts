import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { LimitedAction } from '../access/caller-rates.ts'
import { appendMetrics, type InstanceSources, registerInstanceMetrics } from './instance-metrics.ts'

/** Interval at which the delay of the event loop is sampled. The default of 10 ms was most of what an idle server cost. */
const EVENT_LOOP_SAMPLE_MS = 100

interface Series {
  readonly count: () => void
  readonly observe: (seconds: number) => void
}

/** Least time between two reads of the notifications that wait. */
const BACKLOG_INTERVAL_MS = 5_000
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/**
 * The metrics of one instance, in its own registry. Labels contain only values from fixed sets, such as route templates and
 * statuses. So they contain no secret or id, and the number of series is bounded.
 */
export class Metrics {
  readonly registry = new Registry()
  private readonly requests: Counter<'method' | 'route' | 'status'>
  private readonly durations: Histogram<'method' | 'route'>
  private readonly failures: Counter
  private readonly limited: Counter
  private readonly rejectedMessages: Counter<'reason'>
  private readonly checkpoints: Counter<'result'>
  private readonly archives: Counter<'result'>
  private readonly notifications: Counter<'channel' | 'result'>
  private readonly leaks: Counter<'reporter' | 'result'>
  private readonly clockJumps: Counter<'direction'>
  private readonly callersLimited: Counter<'action'>
  /** Measures an append to an audit log. */
  readonly appended: (events: number, seconds: number) => void
  // Caches labelled series, so that they are not built for each request.
  private readonly series = new Map<string, Series>()

  constructor() {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MS })
    this.appended = appendMetrics(this.registry)
    this.requests = new Counter({
      name: 'keyturn_http_requests_total',
      help: 'HTTP requests answered.',
      labelNames: ['method', 'route', 'status'],
      registers,
    })
    this.durations = new Histogram({
      name: 'keyturn_http_request_duration_seconds',
      help: 'Time from a request to the end of its response, without event streams.',
      labelNames: ['method', 'route'],
      buckets: BUCKETS_SECONDS,
      registers,
    })
    this.notifications = new Counter({
      name: 'keyturn_notification_attempts_total',
      help: 'Attempts to deliver notifications: delivered, retried later, or failed for good.',
      labelNames: ['channel', 'result'],
      registers,
    })
    this.failures = new Counter({
      name: 'keyturn_authentication_failures_total',
      help: 'Invalid credentials presented over HTTP and WebSocket.',
      registers,
    })
    this.limited = new Counter({
      name: 'keyturn_rate_limited_total',
      help: 'Failed attempts answered with RATE_LIMITED.',
      registers,
    })
    this.callersLimited = new Counter({
      name: 'keyturn_caller_rate_limited_total',
      help: 'Requests with a valid credential answered with RATE_LIMITED, by exchange, mutation or refusal.',
      labelNames: ['action'],
      registers,
    })
    this.rejectedMessages = new Counter({
      name: 'keyturn_feed_messages_rejected_total',
      help: 'Messages on the channel between instances that were rejected as forged or replayed.',
      labelNames: ['reason'],
      registers,
    })
    this.checkpoints = new Counter({
      name: 'keyturn_audit_checkpoints_total',
      help: 'Checkpoints of audit logs. A failure can mean that the log or its checkpoints were altered.',
      labelNames: ['result'],
      registers,
    })
    this.leaks = new Counter({
      name: 'keyturn_leaks_reported_total',
      help: 'Texts that were reported as leaked: ours, or unknown to this service.',
      labelNames: ['reporter', 'result'],
      registers,
    })
    this.archives = new Counter({
      name: 'keyturn_audit_archives_total',
      help: 'Archives of old events of audit logs. A failure can mean that a log was altered, or that the disk is full.',
      labelNames: ['result'],
      registers,
    })
    this.clockJumps = new Counter({
      name: 'keyturn_clock_jumps_total',
      help: 'Jumps of the system clock of two seconds or more, ahead or back.',
      labelNames: ['direction'],
      registers,
    })
  }

  /** Counts an attempt to deliver a notification. */
  notified(channel: string, result: string): void {
    this.notifications.inc({ channel, result })
  }

  /** Adds gauges for notifications that wait. They are read at a scrape, at most every five seconds: anybody may scrape. */
  watchNotifications(backlog: () => Promise<{ readonly pending: number; readonly oldestSeconds: number }>): void {
    const registers = [this.registry]
    const oldest = new Gauge({
      name: 'keyturn_notification_oldest_pending_seconds',
      help: 'Age of the oldest notification that is not delivered, over all instances.',
      registers,
    })
    let readAt = Number.NEGATIVE_INFINITY
    new Gauge({
      name: 'keyturn_notifications_pending',
      help: 'Notifications that are not delivered yet, over all instances.',
      registers,
      async collect() {
        if (performance.now() - readAt < BACKLOG_INTERVAL_MS) return
        readAt = performance.now()
        // The other metrics are needed most while the database is away. It reports that itself.
        const read = await backlog().catch(() => null)
        if (read === null) return
        this.set(read.pending)
        oldest.set(read.oldestSeconds)
      },
    })
  }

  /** Counts a rejected message between instances. */
  messageRejected(reason: string): void {
    this.rejectedMessages.inc({ reason })
  }

  /** Counts a checkpoint of an audit log. */
  checkpointed(result: 'stored' | 'failed'): void {
    this.checkpoints.inc({ result })
  }

  /** Counts the finds of a report. */
  leaksReported(reporter: string, ours: number, others: number): void {
    this.leaks.inc({ reporter, result: 'ours' }, ours)
    this.leaks.inc({ reporter, result: 'unknown' }, others)
  }

  /** Counts an archive of an audit log. */
  archived(result: 'archived' | 'failed'): void {
    this.archives.inc({ result })
  }

  /** Counts a jump of the clock. */
  clockJumped(direction: 'ahead' | 'back'): void {
    this.clockJumps.inc({ direction })
  }

  /** Adds what this instance measures of itself. */
  watch(sources: InstanceSources): void {
    registerInstanceMetrics(this.registry, sources)
  }

  /** @param limited whether the attempt was answered with RATE_LIMITED */
  authenticationFailed(limited: boolean): void {
    this.failures.inc()
    if (limited) this.limited.inc()
  }

  callerLimited(action: LimitedAction): void {
    this.callersLimited.inc({ action })
  }

  /**
   * Counts an answered request.
   *
   * @param route the template of its route; undefined if it has none
   * @param seconds how long the answer took; null for an event stream
   */
  answered(method: string, route: string | undefined, status: number, seconds: number | null): void {
    const { count, observe } = this.seriesOf(method, route, status)
    count()
    if (seconds !== null) observe(seconds)
  }

  private seriesOf(method: string, route = 'none', status: number): Series {
    const name = `${method} ${status} ${route}`
    const cached = this.series.get(name)
    if (cached !== undefined) return cached
    const requests = this.requests.labels(method, route, String(status))
    const durations = this.durations.labels(method, route)
    const made = { count: () => requests.inc(), observe: (seconds: number) => durations.observe(seconds) }
    this.series.set(name, made)
    return made
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whether the header presents the token. Compares in constant time. */
const presentsToken = (authorization: string | undefined, token: string): boolean => {
  const presented = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? ''
  return timingSafeEqual(digest(presented), digest(token))
}

/** Registers `GET /metrics` (Prometheus) and counts all requests. Without a token the route requires no authentication. */
export const registerMetrics = (server: FastifyInstance, metrics: Metrics, token: string | null): void => {
  server.addHook('onResponse', async (request, reply) => {
    const isStream = String(reply.getHeader('content-type')).startsWith('text/event-stream')
    metrics.answered(
      request.method,
      request.routeOptions.url,
      reply.statusCode,
      isStream ? null : reply.elapsedTime / 1000,
    )
  })
  server.get('/metrics', async (request, reply) => {
    if (token !== null && !presentsToken(request.headers.authorization, token))
      return reply.status(401).header('www-authenticate', 'Bearer realm="keyturn metrics"').send({
        error: 'invalid_token',
        error_description: 'Present the value of KEYTURN_METRICS_TOKEN as a bearer token.',
      })
    return reply.header('content-type', metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}
