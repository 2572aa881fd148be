import type { Caller } from '../audit/caller.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import { notificationRouteCreated } from '../audit/events/notification-events.ts'
import { badInput, InputIssues, KeyturnError, notFound } from '../kernel/errors.ts'
import { checkId, newId } from '../kernel/ids.ts'
import { checkName } from '../kernel/text.ts'
import { findProject, lockOrganization } from '../organizations/organizations.store.ts'
import type { Reader } from '../persistence/database.ts'
import type { NotificationRouteRow } from './notification.entity.ts'
import { checkTarget, hintOf, type NotificationTargetInput } from './notification-target.ts'
import type { RouteParts } from './route-access.ts'
import { checkTypes, DEFAULT_TYPES } from './route-filter.ts'
import { encryptTarget, newSigningSecret } from './route-secrets.ts'
import { insertRoute, listRoutes } from './routes.store.ts'

type Maybe<Value> = Value | null | undefined

export interface CreateRouteInput {
  readonly organizationId: string
  readonly name: string
  readonly target: NotificationTargetInput
  readonly types?: Maybe<readonly AuditEventType[]>
  readonly maximumThreshold?: Maybe<number>
  readonly projectId?: Maybe<string>
}

/** A route, and its signing secret if this call created one. The secret cannot be read again. */
export interface RouteAndSecret {
  readonly route: NotificationRouteRow
  readonly signingSecret: string | null
}

const MOST_ROUTES = 50

/** Creates notification routes. */
export class CreateRoute {
  private readonly parts: RouteParts

  constructor(parts: RouteParts) {
    this.parts = parts
  }

  /**
   * Creates a route that starts at the head of the audit log. Requires keys:manager, and audit:viewer for event types that
   * are not about keys. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, and LIMIT_REACHED at 50 routes of the organization.
   */
  async create(caller: Caller, input: CreateRouteInput): Promise<RouteAndSecret> {
    const { database, access, clock, log, cipher, rules, routeAccess } = this.parts
    const { organizationId } = input
    await access.require(caller.principal, 'manageRoutes', organizationId)
    const issues = new InputIssues()
    const name = checkName(issues, 'name', input.name)
    const types = checkTypes(issues, input.types ?? DEFAULT_TYPES)
    const target = checkTarget(issues, input.target, rules)
    issues.throwIfAny()
    if (target === null) throw badInput('target', 'is invalid')
    await routeAccess.requireTypes(caller.principal, organizationId, types)
    const signingSecret = target.channel === 'WEBHOOK' ? newSigningSecret() : null
    const targetJwe = await encryptTarget(cipher, target)
    const signingJwe = signingSecret === null ? null : await cipher.encrypt(signingSecret)
    const route = await database.writeFor(organizationId, async (writer) => {
      const projectId = await requireProject(writer, organizationId, input.projectId ?? null)
      await lockOrganization(writer, organizationId)
      if ((await listRoutes(writer, organizationId)).length >= MOST_ROUTES)
        throw new KeyturnError('LIMIT_REACHED', `An organization has at most ${MOST_ROUTES} notification routes.`)
      const row: NotificationRouteRow = {
        id: newId('route'),
        organizationId,
        name,
        channel: target.channel,
        targetJwe,
        targetHint: hintOf(target),
        signingJwe,
        previousSigningJwe: null,
        previousSigningUntil: null,
        types,
        maximumThreshold: input.maximumThreshold ?? null,
        projectId,
        builtIn: false,
        enabled: true,
        disabledReason: null,
        position: 0,
        redeliverUntil: 0,
        failingSince: null,
        createdAt: clock.now(),
      }
      // The append locks the head, so no event can come between it and the position of the route.
      const event = await log.append(writer, organizationId, caller.cause, notificationRouteCreated(row))
      const created = { ...row, position: event.sequence }
      await insertRoute(writer, created)
      return created
    })
    return { route, signingSecret }
  }
}

const requireProject = async (reader: Reader, organizationId: string, id: string | null): Promise<string | null> => {
  if (id === null) return null
  checkId('project', id, 'projectId')
  const project = await findProject(reader, id)
  if (project === null || project.organizationId !== organizationId) throw notFound('project')
  return id
}
