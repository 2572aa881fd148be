import { Counter, Histogram, type Registry } from 'prom-client'

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const DURATION = 'keyturn_http_request_duration_seconds'
const DURATION_HELP = 'Time from a request to the end of its response, without event streams.'

/** Answered requests of one method to one route, as plain numbers: they become text when they are read. */
export class RequestSeries {
  readonly labels: { readonly method: string; readonly route: string }
  readonly byStatus = new Map<number, number>()
  /** Durations up to each bucket's bound and above the one before; the last are above all. */
  readonly durations = new Array<number>(BUCKETS_SECONDS.length + 1).fill(0)
  secondsInAll = 0

  constructor(method: string, route: string) {
    this.labels = { method, route }
  }

  /** @param seconds how long the answer took; null for an event stream */
  answered(status: number, seconds: number | null): void {
    this.byStatus.set(status, (this.byStatus.get(status) ?? 0) + 1)
    if (seconds === null) return
    let bucket = 0
    for (const bound of BUCKETS_SECONDS) {
      if (seconds <= bound) break
      bucket += 1
    }
    this.durations[bucket] = (this.durations[bucket] ?? 0) + 1
    this.secondsInAll += seconds
  }
}

/** Counts answered requests and measures their durations. prom-client itself would take as long for each as a hash of a secret. */
export class RequestMetrics {
  private readonly series = new Map<string, RequestSeries>()

  constructor(registry: Registry) {
    const { series } = this
    new Counter({
      name: 'keyturn_http_requests_total',
      help: 'HTTP requests answered.',
      labelNames: ['method', 'route', 'status'],
      registers: [registry],
      collect() {
        this.reset()
        for (const { labels, byStatus } of series.values())
          for (const [status, count] of byStatus) this.inc({ ...labels, status: String(status) }, count)
      },
    })
    registry.registerMetric(new Durations(series))
  }

  /** @param route the template of the route; without one, all share a series */
  of(method: string, route = 'none'): RequestSeries {
    const name = `${method} ${route}`
    const known = this.series.get(name)
    if (known !== undefined) return known
    const made = new RequestSeries(method, route)
    this.series.set(name, made)
    return made
  }
}

class Durations extends Histogram<'method' | 'route'> {
  private readonly series: ReadonlyMap<string, RequestSeries>

  constructor(series: ReadonlyMap<string, RequestSeries>) {
    super({ name: DURATION, help: DURATION_HELP, labelNames: ['method', 'route'], registers: [] })
    this.series = series
  }

  /** What the registry makes text of, and `get` the same as JSON. */
  async getForPromString() {
    const values = [...this.series.values()].flatMap((series) => valuesOf(series))
    return { name: DURATION, help: DURATION_HELP, type: 'histogram', aggregator: 'sum', values }
  }
}

/** The values of a histogram: how many were up to each bound, their sum and their number. */
const valuesOf = ({ labels: sharedLabels, durations, secondsInAll }: RequestSeries) => {
  let count = 0
  const buckets = durations.map((number, index) => {
    count += number
    const labels = { le: BUCKETS_SECONDS[index] ?? '+Inf' }
    return { metricName: `${DURATION}_bucket`, labels, sharedLabels, value: count }
  })
  if (count === 0) return []
  return [
    ...buckets,
    { metricName: `${DURATION}_sum`, labels: {}, sharedLabels, value: secondsInAll },
    { metricName: `${DURATION}_count`, labels: {}, sharedLabels, value: count },
  ]
}
