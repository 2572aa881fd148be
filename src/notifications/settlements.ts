import { BY_SYSTEM } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { notificationRouteUpdated } from '../audit/events/notification-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { addSeconds, DAY } from '../kernel/duration.ts'
import type { Database, Writer } from '../persistence/database.ts'
import type { Outcome } from './attempt.ts'
import { releaseNext, settleDelivery } from './deliveries.store.ts'
import type { NotificationChannel, NotificationDeliveryRow, NotificationRouteRow } from './notification.entity.ts'
import { nextAttemptAt } from './retry-schedule.ts'
import { lockRoutes, updateRoute } from './routes.store.ts'

export type DeliveryResult = 'delivered' | 'retried' | 'failed'

export interface SettlementsParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly onResult: (channel: NotificationChannel, result: DeliveryResult) => void
  /** Receives the error of outcomes that could not be written. Their attempts are repeated when their leases end. */
  readonly onFault: (error: unknown) => void
}

/** An outcome, and the jitter of its retry: the same for all deliveries of one attempt, so that they stay together. */
interface Settlement extends Outcome {
  readonly random: number
}

const LONGEST_FAILURE = 5 * DAY

/** Writes the outcomes of attempts. Outcomes that arrive during a transaction share the next one. */
export class Settlements {
  private readonly parts: SettlementsParts
  private queue: Settlement[] = []
  private running: Promise<void> = Promise.resolve()
  /** The next transaction, not started yet. It writes every outcome that is queued by then. */
  private next: Promise<void> | null = null

  constructor(parts: SettlementsParts) {
    this.parts = parts
  }

  /** Queues the outcomes of one attempt. Resolves when they were written or writing has failed. */
  add(outcomes: readonly Outcome[]): Promise<void> {
    const random = Math.random()
    this.queue.push(...outcomes.map((outcome) => ({ ...outcome, random })))
    this.next ??= this.running.then(() => {
      this.next = null
      return this.flush()
    })
    this.running = this.next
    return this.next
  }

  private async flush(): Promise<void> {
    const outcomes = this.queue
    this.queue = []
    try {
      const results = await this.parts.database.write((writer) => this.write(writer, outcomes))
      for (const [channel, result] of results) this.parts.onResult(channel, result)
    } catch (error) {
      this.parts.onFault(error)
    }
  }

  private async write(
    writer: Writer,
    outcomes: readonly Settlement[],
  ): Promise<[NotificationChannel, DeliveryResult][]> {
    // One instant for all, so that deliveries of one attempt are due together again.
    const now = this.parts.clock.now()
    const routes = await lockRoutes(writer, [...new Set(outcomes.map(({ route }) => route.id))])
    const results: [NotificationChannel, DeliveryResult][] = []
    const disabled: { readonly route: NotificationRouteRow; readonly reason: string }[] = []
    for (const route of routes) {
      const own = outcomes.filter((outcome) => outcome.route.id === route.id)
      for (const outcome of own) {
        const result = await this.settle(writer, outcome, now)
        if (result !== null) results.push([route.channel, result])
      }
      const reason = await this.judge(writer, route, own, now)
      if (reason !== null) disabled.push({ route, reason })
    }
    // Every writer locks the heads of audit logs last, in the order of their organizations: no deadlock.
    disabled.sort((a, b) => (a.route.organizationId < b.route.organizationId ? -1 : 1))
    for (const { route, reason } of disabled)
      await this.parts.log.append(
        writer,
        route.organizationId,
        BY_SYSTEM,
        notificationRouteUpdated(route, { enabled: { from: true, to: false } }, reason),
      )
    return results
  }

  private async settle(
    writer: Writer,
    { delivery, result, random }: Settlement,
    now: Date,
  ): Promise<DeliveryResult | null> {
    if (result.kind === 'released') {
      await settleDelivery(writer, delivery, { attempts: delivery.attempts - 1, nextAttemptAt: now })
      return null
    }
    const change = changeOf(delivery, result, now, random)
    if (!(await settleDelivery(writer, delivery, change))) return null
    if (change.status === undefined) return 'retried'
    await releaseNext(writer, delivery.routeId, delivery.subjectId, now)
    return change.status === 'DELIVERED' ? 'delivered' : 'failed'
  }

  /** Records since when a route fails. Returns why it is disabled now; null if it is not. */
  private async judge(
    writer: Writer,
    route: NotificationRouteRow,
    outcomes: readonly Outcome[],
    now: Date,
  ): Promise<string | null> {
    const failures = outcomes.flatMap(({ result }) => (result.kind === 'failed' ? [result] : []))
    const isGone = failures.some(({ gone }) => gone)
    if (!isGone && outcomes.some(({ result }) => result.kind === 'delivered')) {
      if (route.failingSince !== null) await updateRoute(writer, route.id, { failingSince: null })
      return null
    }
    if (failures.length === 0 || !route.enabled) return null
    const failingSince = route.failingSince ?? now
    // The built-in route is never disabled: it fails with the SMTP server, and nobody could enable it again.
    const reason = route.builtIn ? null : reasonToDisable(isGone, failingSince, now)
    await updateRoute(
      writer,
      route.id,
      reason === null ? { failingSince } : { failingSince, enabled: false, disabledReason: reason },
    )
    return reason
  }
}

const changeOf = (
  { attempts }: NotificationDeliveryRow,
  result: Exclude<Outcome['result'], { kind: 'released' }>,
  now: Date,
  random: number,
): Partial<NotificationDeliveryRow> => {
  switch (result.kind) {
    case 'delivered':
      return { status: 'DELIVERED', deliveredAt: now, nextAttemptAt: null, responseStatus: result.status, error: null }
    case 'void':
      return { status: 'FAILED', nextAttemptAt: null, responseStatus: null, error: result.error }
    case 'failed': {
      const { status: responseStatus, error, notified } = result
      // 410 disables the route: the delivery waits until it is enabled again, and the attempt does not count.
      if (result.gone) return { attempts: attempts - 1, nextAttemptAt: now, responseStatus, error }
      const next = nextAttemptAt(now, attempts, result.retryAfterMs, random)
      return next === null
        ? { status: 'FAILED', nextAttemptAt: null, responseStatus, error }
        : { nextAttemptAt: next, responseStatus, error, ...(notified === undefined ? {} : { notified }) }
    }
  }
}

const reasonToDisable = (isGone: boolean, failingSince: Date, now: Date): string | null => {
  if (isGone) return 'The receiver answered 410 (Gone).'
  return addSeconds(failingSince, LONGEST_FAILURE) <= now ? 'No delivery succeeded for 5 days.' : null
}
