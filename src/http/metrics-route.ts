import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { LimitedAction } from '../access/caller-rates.ts'

/** What is measured where it is, whenever somebody asks. */
export interface MetricsSources {
  readonly openWebSockets: () => number
  readonly liveSubscriptions: () => number
}

interface Series {
  readonly count: () => void
  readonly observe: (seconds: number) => void
}

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/**
 * What an instance counts of itself, in a registry of its own. Labels are route templates, methods and statuses alone:
 * neither a secret nor an id gets into them, and there are never many.
 */
export class Metrics {
  readonly registry = new Registry()
  private readonly requests: Counter<'method' | 'route' | 'status'>
  private readonly durations: Histogram<'method' | 'route'>
  private readonly failures: Counter
  private readonly limited: Counter
  private readonly rejectedMessages: Counter<'reason'>
  private readonly checkpoints: Counter<'result'>
  private readonly callersLimited: Counter<'action'>
  // The labels of each series are put together once, not with every request.
  private readonly series = new Map<string, Series>()

  constructor() {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry })
    this.requests = new Counter({
      name: 'keyturn_http_requests_total',
      help: 'HTTP requests that were answered.',
      labelNames: ['method', 'route', 'status'],
      registers,
    })
    this.durations = new Histogram({
      name: 'keyturn_http_request_duration_seconds',
      help: 'Time from a request to the end of its answer, streams of events left out.',
      labelNames: ['method', 'route'],
      buckets: BUCKETS_SECONDS,
      registers,
    })
    this.failures = new Counter({
      name: 'keyturn_authentication_failures_total',
      help: 'Credentials that were shown and were not good, over HTTP and WebSocket.',
      registers,
    })
    this.limited = new Counter({
      name: 'keyturn_rate_limited_total',
      help: 'Failing attempts that were answered with RATE_LIMITED, because there had been too many.',
      registers,
    })
    this.callersLimited = new Counter({
      name: 'keyturn_caller_rate_limited_total',
      help: 'Requests with a valid credential that were answered with RATE_LIMITED, by exchange, mutation or refusal.',
      labelNames: ['action'],
      registers,
    })
    this.rejectedMessages = new Counter({
      name: 'keyturn_feed_messages_rejected_total',
      help: 'Messages on the channel between instances that no instance of this deployment sent, or that came again.',
      labelNames: ['reason'],
      registers,
    })
    this.checkpoints = new Counter({
      name: 'keyturn_audit_checkpoints_total',
      help: 'Checkpoints of audit logs. One that failed may mean that the log or its checkpoints were altered.',
      labelNames: ['result'],
      registers,
    })
  }

  /** A message between instances was not accepted. */
  messageRejected(reason: string): void {
    this.rejectedMessages.inc({ reason })
  }

  /** A checkpoint of an audit log was stored, or could not be. */
  checkpointed(result: 'stored' | 'failed'): void {
    this.checkpoints.inc({ result })
  }

  /** Begins to report what is open. */
  watch({ openWebSockets, liveSubscriptions }: MetricsSources): void {
    const gauge = (name: string, help: string, measure: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(measure())
        },
      })
    gauge('keyturn_websockets_open', 'WebSockets that are open.', openWebSockets)
    gauge('keyturn_subscriptions_live', 'Subscriptions that are live, by WebSocket or stream.', liveSubscriptions)
  }

  /** @param limited whether there had been too many before it */
  authenticationFailed(limited: boolean): void {
    this.failures.inc()
    if (limited) this.limited.inc()
  }

  callerLimited(action: LimitedAction): void {
    this.callersLimited.inc({ action })
  }

  answered(request: FastifyRequest, reply: FastifyReply): void {
    const { count, observe } = this.seriesOf(request.method, request.routeOptions.url, reply.statusCode)
    count()
    if (!String(reply.getHeader('content-type')).startsWith('text/event-stream')) observe(reply.elapsedTime / 1000)
  }

  private seriesOf(method: string, route = 'none', status: number): Series {
    const name = `${method} ${status} ${route}`
    const known = this.series.get(name)
    if (known !== undefined) return known
    const requests = this.requests.labels(method, route, String(status))
    const durations = this.durations.labels(method, route)
    const made = { count: () => requests.inc(), observe: (seconds: number) => durations.observe(seconds) }
    this.series.set(name, made)
    return made
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whether the header shows the token; takes the same time however much of it is right. */
const shows = (authorization: string | undefined, token: string): boolean => {
  const shown = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? ''
  return timingSafeEqual(digest(shown), digest(token))
}

/** `GET /metrics` (Prometheus), and the counting of all requests. Open to anybody where no token is set. */
export const registerMetrics = (server: FastifyInstance, metrics: Metrics, token: string | null): void => {
  server.addHook('onResponse', async (request, reply) => metrics.answered(request, reply))
  server.get('/metrics', async (request, reply) => {
    if (token !== null && !shows(request.headers.authorization, token))
      return reply
        .status(401)
        .header('www-authenticate', 'Bearer realm="keyturn metrics"')
        .send({ error: 'invalid_token', error_description: 'Send the token of KEYTURN_METRICS_TOKEN as a bearer.' })
    return reply.header('content-type', metrics.registry.contentType).send(await metrics.registry.metrics())
  })
}
