import { eventsAfter } from '../audit/audit.store.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import { findHead } from '../audit/audit-heads.store.ts'
import { hasUnacknowledgedBefore } from '../expiry/expiry-warnings.store.ts'
import type { Clock } from '../kernel/clock.ts'
import { findKeys } from '../keys/keys.store.ts'
import type { Database, Writer } from '../persistence/database.ts'
import type { PolicyDirectory } from '../policies/policy-directory.ts'
import { isBuiltInMail } from './built-in-mail.ts'
import { incidentActionOf } from './channels/pagerduty.ts'
import {
  closeIncident,
  findDeliveries,
  hasIncident,
  insertDeliveries,
  openIncident,
  pendingSubjects,
  updateDelivery,
} from './deliveries.store.ts'
import { deliveryIdOf } from './delivery-id.ts'
import type { NotificationDeliveryRow, NotificationRouteRow } from './notification.entity.ts'
import { isAboutKey, isInProject, isWanted } from './route-filter.ts'
import { listRoutes, takeBehindRoutes, updateRoute } from './routes.store.ts'

const ROUTES_A_TRANSACTION = 20
const EVENTS_A_TRANSACTION = 200
/** Largest number of pending deliveries of a route. A route with more stops reading: the audit log is the queue. */
const LARGEST_BACKLOG = 1_000

/**
 * Creates deliveries from events. One transaction stores the deliveries and advances the route, so each event has one
 * delivery even if instances crash or several of them read.
 */
export class RouteReader {
  private readonly database: Database
  private readonly clock: Clock
  private readonly policies: PolicyDirectory

  constructor(database: Database, clock: Clock, policies: PolicyDirectory) {
    this.database = database
    this.clock = clock
    this.policies = policies
  }

  /**
   * Reads one page for each route that is behind the head of its audit log and has no full backlog. Returns whether one of
   * them has more to read.
   */
  async readPages(): Promise<boolean> {
    let isBehind = false
    for (let afterId: string | null = ''; afterId !== null; ) {
      const from: string = afterId
      const { last, unfinished } = await this.database.write((writer) => this.readSome(writer, from))
      isBehind ||= unfinished
      afterId = last
    }
    return isBehind
  }

  private async readSome(writer: Writer, afterId: string): Promise<{ last: string | null; unfinished: boolean }> {
    const limits = { routes: ROUTES_A_TRANSACTION, backlog: LARGEST_BACKLOG }
    const routes = await takeBehindRoutes(writer, limits, afterId)
    let unfinished = false
    for (const route of routes) if (!(await this.readRoute(writer, route))) unfinished = true
    return { last: routes.length < ROUTES_A_TRANSACTION ? null : (routes.at(-1)?.id ?? null), unfinished }
  }

  /** Reads one page. Returns whether the route has reached the head. */
  private async readRoute(writer: Writer, route: NotificationRouteRow): Promise<boolean> {
    const range = { after: route.position }
    const head = await findHead(writer, route.organizationId)
    const events = await eventsAfter(writer, route.organizationId, range, EVENTS_A_TRANSACTION)
    const position = events.at(-1)?.sequence ?? head.sequence
    const rows = await this.deliveriesOf(writer, route, events)
    await this.store(writer, route, rows)
    await updateRoute(writer, route.id, { position })
    return events.length < EVENTS_A_TRANSACTION
  }

  private async deliveriesOf(
    writer: Writer,
    route: NotificationRouteRow,
    events: readonly AuditEvent[],
  ): Promise<NotificationDeliveryRow[]> {
    const projects = await projectsOf(writer, route, events)
    const rows: NotificationDeliveryRow[] = []
    for (const event of events) {
      const wanted = isWanted(route, event, (id) => projects.get(id) ?? null)
      const escalated = (await isEscalation(writer, event)) && (await this.escalates(writer, route.organizationId))
      if (route.builtIn) {
        const routes = () => listRoutes(writer, route.organizationId)
        if (!(await isBuiltInMail(event, escalated, routes))) continue
      } else if (route.channel === 'PAGERDUTY') {
        const inProject = isInProject(route, event, (id) => projects.get(id) ?? null)
        if (!(await this.pages(writer, route, event, wanted, inProject))) continue
      } else if (!wanted) continue
      rows.push(this.deliveryOf(route, event, escalated))
    }
    return rows
  }

  /** Records the incidents of a PagerDuty route. Returns whether the event is to be sent. */
  private async pages(
    writer: Writer,
    route: NotificationRouteRow,
    event: AuditEvent,
    wanted: boolean,
    inProject: boolean,
  ): Promise<boolean> {
    const { targetId: keyId } = event
    const action = incidentActionOf(event.type)
    if (keyId === null || !isAboutKey(event.type)) return wanted
    if (action === 'trigger') {
      if (wanted) await openIncident(writer, route.id, keyId)
      return wanted
    }
    const follows = (await hasIncident(writer, route.id, keyId)) || (wanted && inProject)
    if (follows && action === 'resolve') await closeIncident(writer, route.id, keyId)
    return follows
  }

  private async escalates(writer: Writer, organizationId: string): Promise<boolean> {
    return (await this.policies.effective(writer, organizationId)).escalateWarnings
  }

  private deliveryOf(route: NotificationRouteRow, event: AuditEvent, escalated: boolean): NotificationDeliveryRow {
    const now = this.clock.now()
    return {
      id: deliveryIdOf(route.id, event.sequence),
      routeId: route.id,
      organizationId: route.organizationId,
      sequence: event.sequence,
      eventId: event.id,
      subjectId: event.targetId ?? event.id,
      escalated,
      status: 'PENDING',
      attempts: 0,
      createdAt: now,
      lastAttemptAt: null,
      nextAttemptAt: now,
      deliveredAt: null,
      responseStatus: null,
      error: null,
      notified: null,
    }
  }

  /** Stores deliveries. A delivery behind a pending one of its subject gets no due time yet. */
  private async store(writer: Writer, route: NotificationRouteRow, rows: readonly NotificationDeliveryRow[]) {
    if (rows.length === 0) return
    const busy = await pendingSubjects(writer, route.id, [...new Set(rows.map((row) => row.subjectId))])
    // Only a redelivery can meet events that have a delivery.
    const ids = rows.filter(({ sequence }) => (sequence ?? 0) <= route.redeliverUntil).map((row) => row.id)
    const known = new Map((ids.length === 0 ? [] : await findDeliveries(writer, ids)).map((row) => [row.id, row]))
    const added: NotificationDeliveryRow[] = []
    for (const row of rows) {
      const before = known.get(row.id)
      if (before?.status === 'PENDING') continue
      const placed = busy.has(row.subjectId) ? { ...row, nextAttemptAt: null } : row
      busy.add(row.subjectId)
      if (before === undefined) added.push(placed)
      else await updateDelivery(writer, row.id, placed)
    }
    await insertDeliveries(writer, added)
  }
}

/** The projects of the keys that the events are about, if the route is limited to a project. */
const projectsOf = async (
  writer: Writer,
  route: NotificationRouteRow,
  events: readonly AuditEvent[],
): Promise<ReadonlyMap<string, string | null>> => {
  if (route.projectId === null) return new Map()
  const ids = events.flatMap(({ type, targetId }) => (isAboutKey(type) && targetId !== null ? [targetId] : []))
  const keys = await findKeys(writer, [...new Set(ids)])
  return new Map(keys.map((key) => [key.id, key.projectId]))
}

/** Whether an earlier warning about the same expiry has not been acknowledged. */
const isEscalation = async (writer: Writer, event: AuditEvent): Promise<boolean> =>
  event.type === 'KEY_EXPIRY_WARNING' &&
  event.details !== null &&
  event.targetId !== null &&
  (await hasUnacknowledgedBefore(writer, event.targetId, new Date(event.details.expiresAt), event.sequence))
