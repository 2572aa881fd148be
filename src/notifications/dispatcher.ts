import type { Clock } from '../kernel/clock.ts'
import { KeyturnError } from '../kernel/errors.ts'
import { instantText } from '../kernel/instant.ts'
import type { Database } from '../persistence/database.ts'
import { findDelivery, insertDeliveries, takeDueDeliveries } from './deliveries.store.ts'
import type { NotificationDeliveryRow, NotificationRouteRow } from './notification.entity.ts'
import { dueRouteIds, findRoutes } from './routes.store.ts'
import type { Sender } from './sender.ts'
import type { Settlements } from './settlements.ts'

export interface DispatcherParts {
  readonly database: Database
  readonly clock: Clock
  readonly sender: Pick<Sender, 'send'>
  readonly settlements: Pick<Settlements, 'add'>
  /** Called when attempts have ended, so that others can start. */
  readonly onFree: () => void
  /** Receives the error of an attempt whose outcome could not be handled. */
  readonly onFault: (error: unknown) => void
}

const DUE_ROUTES = 1_000
/** Largest number of concurrent attempts of one route. A failing route has one, so that a dead receiver costs little. */
const ATTEMPTS_A_ROUTE = 16
const ATTEMPTS_A_FAILING_ROUTE = 1
/** Largest number of deliveries that one e-mail combines. */
const LARGEST_DIGEST = 50
const ATTEMPTS_AN_ORGANIZATION = 64
const ATTEMPTS_IN_ALL = 512
/** Time until another instance may make the next attempt. Longer than the timeout of an attempt. */
const LEASE_MS = 60_000
const MAIL_LEASE_MS = 300_000
/** How long stopping waits for running attempts. */
const STOP_GRACE_MS = 2_000

/** Starts attempts of due deliveries, within limits per route, per organization and in all. */
export class Dispatcher {
  private readonly parts: DispatcherParts
  private readonly ofRoutes = new Map<string, number>()
  private readonly ofOrganizations = new Map<string, number>()
  private readonly running = new Set<Promise<void>>()
  private inAll = 0
  /** Where the next page of due routes begins. */
  private afterId = ''
  private readonly stopping = new AbortController()

  constructor(parts: DispatcherParts) {
    this.parts = parts
  }

  /** Number of running attempts. */
  get size(): number {
    return this.inAll
  }

  /** Starts attempts of due deliveries as far as the limits allow. Does not wait for them to end. */
  async dispatch(): Promise<void> {
    const { database, clock } = this.parts
    if (this.stopping.signal.aborted || this.inAll >= ATTEMPTS_IN_ALL) return
    const now = instantText(clock.now())
    const routes = await database.read(async (reader) => {
      const ids = await dueRouteIds(reader, now, this.afterId, DUE_ROUTES)
      // A full page: the next round continues after it, so that every due route has its turn.
      this.afterId = ids.length < DUE_ROUTES ? '' : (ids.at(-1) ?? '')
      return ids.length === 0 ? [] : findRoutes(reader, ids)
    })
    // Organizations with few running attempts first, so that others with slow receivers cannot keep all slots.
    const attempts = ({ organizationId }: NotificationRouteRow) => this.ofOrganizations.get(organizationId) ?? 0
    const fairly = routes.sort((a, b) => attempts(a) - attempts(b))
    // A route may have reserved more slots than it uses, so routes that found none try again.
    for (let waiting = fairly, before = 0; waiting.length !== before; ) {
      before = waiting.length
      const hadRoom = await Promise.all(waiting.map((route) => this.dispatchRoute(route)))
      waiting = waiting.filter((_, index) => hadRoom[index] === false)
    }
  }

  /**
   * Stores a test delivery and makes its first attempt. Throws LIMIT_REACHED while the organization has the largest allowed
   * number of running attempts.
   */
  async sendTest(route: NotificationRouteRow, draft: NotificationDeliveryRow): Promise<NotificationDeliveryRow> {
    const { database, clock } = this.parts
    if (this.room(route) === 0)
      throw new KeyturnError('LIMIT_REACHED', 'The organization has too many running deliveries. Try again later.')
    const now = clock.now()
    const delivery = { ...draft, attempts: 1, lastAttemptAt: now, nextAttemptAt: leaseEnd(route, now) }
    this.count(route, 1)
    try {
      await database.write((writer) => insertDeliveries(writer, [delivery]))
      await this.attempt(route, [delivery])
    } finally {
      this.count(route, -1)
    }
    return (await database.read((reader) => findDelivery(reader, delivery.id))) ?? delivery
  }

  /** Resolves when no attempt is running. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled([...this.running])
  }

  /** Waits up to two seconds for running attempts, then aborts them and releases their deliveries. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.stopping.abort(), STOP_GRACE_MS)
    await this.idle()
    clearTimeout(timer)
    this.stopping.abort()
  }

  /** Returns whether the route had a free slot. */
  private async dispatchRoute(route: NotificationRouteRow): Promise<boolean> {
    const { database, clock } = this.parts
    const room = this.room(route)
    if (room === 0) return false
    const isMail = route.channel === 'EMAIL'
    // Counted before the first await, so that two calls cannot use the same slots.
    const slots = isMail ? 1 : room
    this.count(route, slots)
    const now = clock.now()
    const limit = isMail ? LARGEST_DIGEST : slots
    const deliveries = await database
      .write((writer) => takeDueDeliveries(writer, route.id, now, leaseEnd(route, now), limit))
      .catch((error: unknown) => {
        this.count(route, -slots)
        throw error
      })
    const batches = isMail ? [deliveries] : deliveries.map((delivery) => [delivery])
    const used = batches.filter((batch) => batch.length > 0)
    this.count(route, used.length - slots)
    for (const batch of used) this.start(route, batch)
    return true
  }

  private start(route: NotificationRouteRow, deliveries: readonly NotificationDeliveryRow[]): void {
    const running: Promise<void> = this.attempt(route, deliveries)
      .catch(this.parts.onFault)
      .finally(() => {
        this.running.delete(running)
        this.count(route, -1)
        this.parts.onFree()
      })
    this.running.add(running)
  }

  private async attempt(route: NotificationRouteRow, deliveries: readonly NotificationDeliveryRow[]): Promise<void> {
    const { sender, settlements } = this.parts
    await settlements.add(await sender.send(route, deliveries, this.stopping.signal))
  }

  /** Number of attempts of a route that may start now. */
  private room(route: NotificationRouteRow): number {
    const isSerial = route.failingSince !== null || route.channel === 'EMAIL'
    const ofRoute = (isSerial ? ATTEMPTS_A_FAILING_ROUTE : ATTEMPTS_A_ROUTE) - (this.ofRoutes.get(route.id) ?? 0)
    const ofOrganization = ATTEMPTS_AN_ORGANIZATION - (this.ofOrganizations.get(route.organizationId) ?? 0)
    return Math.max(0, Math.min(ofRoute, ofOrganization, ATTEMPTS_IN_ALL - this.inAll))
  }

  private count({ id, organizationId }: NotificationRouteRow, change: number): void {
    this.inAll += change
    for (const [counts, key] of [
      [this.ofRoutes, id],
      [this.ofOrganizations, organizationId],
    ] as const) {
      const count = (counts.get(key) ?? 0) + change
      if (count > 0) counts.set(key, count)
      else counts.delete(key)
    }
  }
}

const leaseEnd = (route: NotificationRouteRow, now: Date): Date =>
  new Date(now.getTime() + (route.channel === 'EMAIL' ? MAIL_LEASE_MS : LEASE_MS))
