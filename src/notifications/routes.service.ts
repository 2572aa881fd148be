import type { AccessControl } from '../access/access-control.ts'
import type { Principal } from '../access/principal.ts'
import { findBase } from '../audit/audit-base.store.ts'
import { findHead } from '../audit/audit-heads.store.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { changesOf } from '../audit/events/event-draft.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import {
  notificationRouteCreated,
  notificationRouteDeleted,
  notificationRouteUpdated,
} from '../audit/events/notification-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { addSeconds, DAY } from '../kernel/duration.ts'
import { badInput, InputIssues, KeyturnError, notFound } from '../kernel/errors.ts'
import { checkId, newId } from '../kernel/ids.ts'
import { checkLength } from '../kernel/list-input.ts'
import { checkName } from '../kernel/text.ts'
import { findProject, lockOrganization } from '../organizations/organizations.store.ts'
import type { Database, Reader } from '../persistence/database.ts'
import type { NotificationRouteRow } from './notification.entity.ts'
import { checkTarget, hintOf, type NotificationTargetInput, type TargetRules } from './notification-target.ts'
import { DEFAULT_TYPES, isAboutKey } from './route-filter.ts'
import { type Cipher, encryptTarget, newSigningSecret } from './route-secrets.ts'
import { deleteRoute, findRoute, insertRoute, listRoutes, lockRoutes, updateRoute } from './routes.store.ts'

export interface RoutesParts {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly log: AuditLog
  readonly cipher: Cipher
  readonly rules: TargetRules
}

type Maybe<Value> = Value | null | undefined

export interface CreateRouteInput {
  readonly organizationId: string
  readonly name: string
  readonly target: NotificationTargetInput
  readonly types?: Maybe<readonly AuditEventType[]>
  readonly maximumThreshold?: Maybe<number>
  readonly projectId?: Maybe<string>
}

export interface UpdateRouteInput {
  readonly id: string
  readonly name?: Maybe<string>
  readonly target?: Maybe<NotificationTargetInput>
  readonly types?: Maybe<readonly AuditEventType[]>
  /** Null removes the limit. */
  readonly maximumThreshold?: Maybe<number>
  readonly enabled?: Maybe<boolean>
  readonly rotateSigningSecret?: Maybe<boolean>
}

/** A route, and the signing secret where this call made one. It is not readable again. */
export interface RouteAndSecret {
  readonly route: NotificationRouteRow
  readonly signingSecret: string | null
}

const MOST_ROUTES = 50
const SIGNING_OVERLAP = DAY

/** Creates and changes notification routes. */
export class RoutesService {
  private readonly parts: RoutesParts

  constructor(parts: RoutesParts) {
    this.parts = parts
  }

  /**
   * Creates a route that begins at the head of the audit log. Needs keys:manager, and audit:viewer for types of events that
   * are not about keys. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, and LIMIT_REACHED at 50 routes of the organization.
   */
  async create(caller: Caller, input: CreateRouteInput): Promise<RouteAndSecret> {
    const { database, access, clock, log, cipher, rules } = this.parts
    const { organizationId } = input
    await access.require(caller.principal, 'manageRoutes', organizationId)
    const issues = new InputIssues()
    const name = checkName(issues, 'name', input.name)
    const types = checkTypes(issues, input.types ?? DEFAULT_TYPES)
    const target = checkTarget(issues, input.target, rules)
    issues.throwIfAny()
    if (target === null) throw badInput('target', 'is invalid')
    await this.requireTypes(caller.principal, organizationId, types)
    const signingSecret = target.channel === 'WEBHOOK' ? newSigningSecret() : null
    const targetJwe = await encryptTarget(cipher, target)
    const signingJwe = signingSecret === null ? null : await cipher.encrypt(signingSecret)
    const route = await database.write(async (writer) => {
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
      // The append locks the head, so that no other event comes between it and the position of the route.
      const event = await log.append(writer, organizationId, caller.cause, notificationRouteCreated(row))
      const created = { ...row, position: event.sequence }
      await insertRoute(writer, created)
      return created
    })
    return { route, signingSecret }
  }

  /**
   * Changes a route; fields that are not given stay. Enabling it continues behind the last event that it has dealt with.
   * Needs what `create` needs. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
   */
  async update(caller: Caller, input: UpdateRouteInput): Promise<RouteAndSecret> {
    const { database, log, cipher, rules, clock } = this.parts
    const { organizationId } = await this.requireManaged(caller, input.id)
    const issues = new InputIssues()
    const name = input.name == null ? null : checkName(issues, 'name', input.name)
    const types = input.types == null ? null : checkTypes(issues, input.types)
    const target = input.target == null ? null : checkTarget(issues, input.target, rules)
    issues.throwIfAny()
    if (types !== null) await this.requireTypes(caller.principal, organizationId, types)
    const targetJwe = target === null ? null : await encryptTarget(cipher, target)
    const rotates = input.rotateSigningSecret ?? false
    const madeSecret = rotates || target?.channel === 'WEBHOOK' ? newSigningSecret() : null
    const madeJwe = madeSecret === null ? null : await cipher.encrypt(madeSecret)
    return database.write(async (writer) => {
      const [before] = await lockRoutes(writer, [input.id])
      if (before === undefined) throw notFound('notification route')
      const after: NotificationRouteRow = {
        ...before,
        ...(name === null ? {} : { name }),
        ...(types === null ? {} : { types }),
        ...(input.maximumThreshold === undefined ? {} : { maximumThreshold: input.maximumThreshold }),
        ...(input.enabled == null ? {} : { enabled: input.enabled }),
        ...(target === null || targetJwe === null
          ? {}
          : { channel: target.channel, targetJwe, targetHint: hintOf(target) }),
      }
      const isWebhook = after.channel === 'WEBHOOK'
      if (rotates && !isWebhook)
        throw badInput('rotateSigningSecret', 'is for webhooks alone: other channels have no signing secret')
      const makesSecret = isWebhook && (rotates || before.signingJwe === null)
      if (makesSecret) {
        after.previousSigningJwe = before.signingJwe
        after.previousSigningUntil = before.signingJwe === null ? null : addSeconds(clock.now(), SIGNING_OVERLAP)
        after.signingJwe = madeJwe
      } else if (!isWebhook) {
        after.signingJwe = null
        after.previousSigningJwe = null
        after.previousSigningUntil = null
      }
      // A repaired or enabled route starts its five days without success anew.
      if (input.enabled === true || target !== null) after.failingSince = null
      if (after.enabled) after.disabledReason = null
      await updateRoute(writer, input.id, after)
      const changes = changesOf(shown(before), shown(after))
      const rotation = makesSecret ? { signingSecret: { from: null, to: 'rotated' } } : {}
      await log.append(
        writer,
        organizationId,
        caller.cause,
        notificationRouteUpdated(after, { ...changes, ...rotation }),
      )
      return { route: after, signingSecret: makesSecret ? madeSecret : null }
    })
  }

  /** Deletes a route and its deliveries. Needs keys:manager. Throws NOT_FOUND, FORBIDDEN. */
  async delete(caller: Caller, id: string): Promise<string> {
    await this.requireManaged(caller, id)
    return this.parts.database.write(async (writer) => {
      const [route] = await lockRoutes(writer, [id])
      if (route === undefined) throw notFound('notification route')
      await deleteRoute(writer, id)
      await this.parts.log.append(writer, route.organizationId, caller.cause, notificationRouteDeleted(route))
      return id
    })
  }

  /**
   * Sends every event after a sequence again, with the delivery ids that the events had. Needs keys:manager.
   * Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
   */
  async redeliver(caller: Caller, id: string, afterSequence: number): Promise<NotificationRouteRow> {
    await this.requireManaged(caller, id, 'routeId')
    return this.parts.database.write(async (writer) => {
      const [route] = await lockRoutes(writer, [id])
      if (route === undefined) throw notFound('notification route')
      const head = await findHead(writer, route.organizationId)
      if (afterSequence < 0 || afterSequence > head.sequence)
        throw badInput('afterSequence', `must be from 0 to ${head.sequence}, the head of the audit log`)
      // The route is locked: while it is, nothing behind its new position is archived.
      const base = await findBase(writer, route.organizationId)
      if (afterSequence < base.sequence)
        throw badInput('afterSequence', `must be at least ${base.sequence}: events up to there were archived`)
      const change = {
        position: Math.min(route.position, afterSequence),
        redeliverUntil: Math.max(route.redeliverUntil, route.position),
      }
      await updateRoute(writer, id, change)
      const changes = changesOf({ position: route.position }, { position: change.position })
      await this.parts.log.append(
        writer,
        route.organizationId,
        caller.cause,
        notificationRouteUpdated(route, { ...changes, redeliverAfter: { from: null, to: afterSequence } }),
      )
      return { ...route, ...change }
    })
  }

  /** The routes of an organization, oldest first. Needs keys:manager. Throws NOT_FOUND, FORBIDDEN. */
  async list(caller: Caller, organizationId: string): Promise<NotificationRouteRow[]> {
    await this.parts.access.require(caller.principal, 'manageRoutes', organizationId)
    return this.parts.database.read((reader) => listRoutes(reader, organizationId))
  }

  /** A route. Needs keys:viewer. Throws NOT_FOUND, FORBIDDEN. */
  async find(caller: Caller, id: string): Promise<NotificationRouteRow> {
    return this.requireRoute(caller, id, 'readDeliveries')
  }

  /** A route that the caller may change, by its id at a path of the input; never a built-in one. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN. */
  async requireManaged(caller: Caller, id: string, path = 'id'): Promise<NotificationRouteRow> {
    const route = await this.requireRoute(caller, id, 'manageRoutes', path)
    if (route.builtIn) throw badInput(path, 'must be the id of a route that somebody created: this one is built in')
    return route
  }

  private async requireRoute(caller: Caller, id: string, permission: 'manageRoutes' | 'readDeliveries', path = 'id') {
    checkId('route', id, path)
    const { database, access } = this.parts
    const route = await database.read((reader) => findRoute(reader, id))
    if (route === null) throw notFound('notification route')
    await access.require(caller.principal, permission, route.organizationId, 'notification route')
    return route
  }

  /** What is not about keys, only readers of the audit log may have sent. */
  private async requireTypes(principal: Principal, organizationId: string, types: readonly AuditEventType[]) {
    if (!types.every(isAboutKey)) await this.parts.access.require(principal, 'readAuditLog', organizationId)
  }
}

const checkTypes = (issues: InputIssues, types: readonly AuditEventType[]): AuditEventType[] => {
  if (!checkLength(issues, 'types', types, 'types')) return []
  if (types.length === 0) issues.add('types', 'must name at least one type of event')
  return [...new Set(types)]
}

const requireProject = async (reader: Reader, organizationId: string, id: string | null): Promise<string | null> => {
  if (id === null) return null
  checkId('project', id, 'projectId')
  const project = await findProject(reader, id)
  if (project === null || project.organizationId !== organizationId) throw notFound('project')
  return id
}

/** The fields of a route that its events show. The target is masked there too. */
const shown = ({ name, channel, targetHint, types, maximumThreshold, enabled }: NotificationRouteRow) => ({
  name,
  channel,
  target: targetHint,
  types,
  maximumThreshold,
  enabled,
})
