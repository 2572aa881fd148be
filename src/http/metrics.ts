import { Counter, collectDefaultMetrics, type Metric, Registry } from 'prom-client'
import type { LimitedAction } from '../access/caller-rates.ts'
import { MESSAGE_FAULTS, type MessageFault } from '../live/feed-messages.ts'
import { type Backlog, registerBacklog } from './backlog-metrics.ts'
import { appendMetrics, type InstanceSources, registerInstanceMetrics } from './instance-metrics.ts'
import { RequestMetrics } from './request-metrics.ts'

/** Interval at which the delay of the event loop is sampled. The default of 10 ms was most of what an idle server cost. */
const EVENT_LOOP_SAMPLE_MS = 100

let ofProcess: readonly Metric<string>[] | undefined
/**
 * The metrics of the process: memory, event loop, garbage collection. Once a process, because prom-client never stops to observe
 * and to sample: an instance that was closed would stay in memory.
 */
const metricsOfProcess = (): readonly Metric<string>[] => {
  if (ofProcess === undefined) {
    const register = new Registry()
    collectDefaultMetrics({ register, eventLoopMonitoringPrecision: EVENT_LOOP_SAMPLE_MS })
    ofProcess = register.getMetricsAsArray().flatMap(({ name }) => register.getSingleMetric(name) ?? [])
  }
  return ofProcess
}

/** What an alert takes the increase of, by the values of its only label. */
const RESULTS_OF_CHECKPOINTS = ['stored', 'failed'] as const
const RESULTS_OF_ARCHIVES = ['archived', 'failed'] as const
const DIRECTIONS_OF_JUMPS = ['ahead', 'back'] as const

/** The counters of what rarely happens. */
const countersIn = (registry: Registry) => {
  const counter = <Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter<Label>({ name, help, labelNames, registers: [registry] })
  // Prometheus sees no increase, and gives no alert, where a series begins with its first count.
  const countedFromZero = <Label extends string>(
    name: string,
    help: string,
    label: Label,
    values: readonly string[],
  ) => {
    const counted = counter(name, help, [label])
    for (const value of values) counted.labels(value).inc(0)
    return counted
  }
  return {
    notifications: counter(
      'keyturn_notification_attempts_total',
      'Attempts to deliver notifications: delivered, retried later, or failed for good.',
      ['channel', 'result'],
    ),
    failures: counter(
      'keyturn_authentication_failures_total',
      'Invalid credentials presented over HTTP and WebSocket.',
    ),
    limited: counter('keyturn_rate_limited_total', 'Failed attempts answered with RATE_LIMITED.'),
    callersLimited: counter(
      'keyturn_caller_rate_limited_total',
      'Requests with a valid credential answered with RATE_LIMITED, by exchange, mutation or refusal.',
      ['action'],
    ),
    rejectedMessages: countedFromZero(
      'keyturn_feed_messages_rejected_total',
      'Messages on the channel between instances that were rejected as forged or replayed.',
      'reason',
      MESSAGE_FAULTS,
    ),
    checkpoints: countedFromZero(
      'keyturn_audit_checkpoints_total',
      'Checkpoints of audit logs. A failure can mean that the log or its checkpoints were altered.',
      'result',
      RESULTS_OF_CHECKPOINTS,
    ),
    leaks: counter(
      'keyturn_leaks_reported_total',
      'Texts that were reported as leaked: ours, or unknown to this service.',
      ['reporter', 'result'],
    ),
    archives: countedFromZero(
      'keyturn_audit_archives_total',
      'Archives of old events of audit logs. A failure can mean that a log was altered, or that the disk is full.',
      'result',
      RESULTS_OF_ARCHIVES,
    ),
    clockJumps: countedFromZero(
      'keyturn_clock_jumps_total',
      'Jumps of the system clock of two seconds or more, ahead or back.',
      'direction',
      DIRECTIONS_OF_JUMPS,
    ),
  }
}

/**
 * The metrics of one instance, in its own registry. Labels contain only values from fixed sets, such as route templates and
 * statuses. So they contain no secret or id, and the number of series is bounded.
 */
export class Metrics {
  readonly registry = new Registry()
  readonly requests: RequestMetrics
  /** Measures an append to an audit log. */
  readonly appended: (events: number, seconds: number) => void
  private readonly counters: ReturnType<typeof countersIn>

  constructor() {
    for (const metric of metricsOfProcess()) this.registry.registerMetric(metric)
    this.appended = appendMetrics(this.registry)
    this.requests = new RequestMetrics(this.registry)
    this.counters = countersIn(this.registry)
  }

  /** Counts an attempt to deliver a notification. */
  notified(channel: string, result: string): void {
    this.counters.notifications.inc({ channel, result })
  }

  /** Adds gauges for notifications and leaks that wait. */
  watchBacklogs(notifications: () => Promise<Backlog>, leaks: () => Promise<Backlog>): void {
    registerBacklog(
      this.registry,
      {
        pending: ['keyturn_notifications_pending', 'Notifications that are not delivered yet, over all instances.'],
        oldest: [
          'keyturn_notification_oldest_pending_seconds',
          'Age of the oldest notification that is not delivered, over all instances.',
        ],
      },
      notifications,
    )
    registerBacklog(
      this.registry,
      {
        pending: ['keyturn_leaks_pending', 'Leaks of answered reports that are not written yet, over all instances.'],
        oldest: [
          'keyturn_leak_oldest_pending_seconds',
          'Age of the oldest leak that is not written yet, over all instances.',
        ],
      },
      leaks,
    )
  }

  /** Counts a rejected message between instances. */
  messageRejected(reason: MessageFault): void {
    this.counters.rejectedMessages.inc({ reason })
  }

  /** Counts a checkpoint of an audit log. */
  checkpointed(result: (typeof RESULTS_OF_CHECKPOINTS)[number]): void {
    this.counters.checkpoints.inc({ result })
  }

  /** Counts the finds of a report. */
  leaksReported(reporter: string, ours: number, others: number): void {
    this.counters.leaks.inc({ reporter, result: 'ours' }, ours)
    this.counters.leaks.inc({ reporter, result: 'unknown' }, others)
  }

  /** Counts an archive of an audit log. */
  archived(result: (typeof RESULTS_OF_ARCHIVES)[number]): void {
    this.counters.archives.inc({ result })
  }

  /** Counts a jump of the clock. */
  clockJumped(direction: (typeof DIRECTIONS_OF_JUMPS)[number]): void {
    this.counters.clockJumps.inc({ direction })
  }

  /** Adds what this instance measures of itself. */
  watch(sources: InstanceSources): void {
    registerInstanceMetrics(this.registry, sources)
  }

  /** @param limited whether the attempt was answered with RATE_LIMITED */
  authenticationFailed(limited: boolean): void {
    this.counters.failures.inc()
    if (limited) this.counters.limited.inc()
  }

  callerLimited(action: LimitedAction): void {
    this.counters.callersLimited.inc({ action })
  }
}
