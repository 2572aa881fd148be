import type { Caller } from '../audit/caller.ts'
import { changesOf } from '../audit/events/event-draft.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'
import { notificationRouteUpdated } from '../audit/events/notification-events.ts'
import { addSeconds, DAY } from '../kernel/duration.ts'
import { badInput, InputIssues, notFound } from '../kernel/errors.ts'
import { checkName } from '../kernel/text.ts'
import type { RouteAndSecret } from './create-route.ts'
import type { NotificationRouteRow } from './notification.entity.ts'
import { checkTarget, hintOf, type NotificationTargetInput } from './notification-target.ts'
import type { RouteParts } from './route-access.ts'
import { checkTypes } from './route-filter.ts'
import { encryptTarget, newSigningSecret } from './route-secrets.ts'
import { lockRoutes, updateRoute } from './routes.store.ts'

type Maybe<Value> = Value | null | undefined

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

const SIGNING_OVERLAP = DAY

/** Changes notification routes. */
export class UpdateRoute {
  private readonly parts: RouteParts

  constructor(parts: RouteParts) {
    this.parts = parts
  }

  /**
   * Changes a route. Omitted fields stay unchanged. An enabled route continues after its last processed event. Requires the
   * grants of `CreateRoute.create`. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
   */
  async update(caller: Caller, input: UpdateRouteInput): Promise<RouteAndSecret> {
    const { database, log, cipher, rules, clock, routeAccess } = this.parts
    const { organizationId } = await routeAccess.requireManaged(caller, input.id)
    const issues = new InputIssues()
    const name = input.name == null ? null : checkName(issues, 'name', input.name)
    const types = input.types == null ? null : checkTypes(issues, input.types)
    const target = input.target == null ? null : checkTarget(issues, input.target, rules)
    issues.throwIfAny()
    if (types !== null) await routeAccess.requireTypes(caller.principal, organizationId, types)
    const targetJwe = target === null ? null : await encryptTarget(cipher, target)
    const rotates = input.rotateSigningSecret ?? false
    const madeSecret = rotates || target?.channel === 'WEBHOOK' ? newSigningSecret() : null
    const madeJwe = madeSecret === null ? null : await cipher.encrypt(madeSecret)
    return database.writeFor(organizationId, async (writer) => {
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
        throw badInput('rotateSigningSecret', 'applies only to webhooks: other channels have no signing secret')
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
      // The five days without success start again when a route is repaired or enabled.
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
}

/** The fields of a route that events record. Credentials of the target are masked. */
const shown = ({ name, channel, targetHint, types, maximumThreshold, enabled }: NotificationRouteRow) => ({
  name,
  channel,
  target: targetHint,
  types,
  maximumThreshold,
  enabled,
})
