import type { AccessControl } from '../../access/access-control.ts'
import type { LiveReader } from '../../access/live-reader.ts'
import type { Principal } from '../../access/principal.ts'
import type { AuditEvent } from '../../audit/audit-event.ts'
import type { Caller } from '../../audit/caller.ts'
import { createEventView } from '../../audit/event-view.ts'
import { type AuditEventType, KEY_EVENT_TYPES, TOKEN_EVENT_TYPES } from '../../audit/events/event-types.ts'
import { badInput, InputIssues } from '../../kernel/errors.ts'
import { kindOfId } from '../../kernel/ids.ts'
import { checkLength } from '../../kernel/list-input.ts'
import type { LiveItem } from '../../live/live-request.ts'
import type { LiveSubscriptions } from '../../live/live-subscriptions.ts'
import { RecentValues } from '../../live/recent-values.ts'
import type { KeyAccess } from '../key-access.ts'

export interface KeyEventsArguments {
  readonly organizationId: string
  readonly keyId?: string | null | undefined
  readonly types?: readonly AuditEventType[] | null | undefined
  readonly after?: number | null | undefined
}

/** The default types. Token events are frequent, so they must be requested. */
const DEFAULT_TYPES = [...KEY_EVENT_TYPES, 'ACCESS_DENIED'] as const
const TYPES = [...DEFAULT_TYPES, ...TOKEN_EVENT_TYPES] as const
type ReportedType = (typeof TYPES)[number]

/** An event that this feed delivers, with its own rule of who may read it. */
export type KeyEvent = AuditEvent & { readonly throughKeyEvents: true }

/** Whether the principal may receive an event, by what it states about its key. */
export const mayHearOf = async (
  access: AccessControl,
  principal: Principal,
  event: AuditEvent<ReportedType>,
): Promise<boolean> => {
  if (event.targetId !== null && event.targetId === principal.credential.keyId) return true
  if (event.details?.kind === 'API_KEY') return access.may(principal, 'readKeys', event.organizationId)
  if (principal.kind === 'USER' && event.details?.ownerId === principal.id) return true
  return access.may(principal, 'readPersonalKeys', event.organizationId)
}

/** Live events about keys. */
export class KeyEventFeed {
  private readonly live: LiveSubscriptions
  private readonly access: AccessControl
  private readonly keyAccess: KeyAccess
  private readonly items = new RecentValues<LiveItem<KeyEvent> | null>()

  constructor(live: LiveSubscriptions, access: AccessControl, keyAccess: KeyAccess) {
    this.live = live
    this.access = access
    this.keyAccess = keyAccess
  }

  /** Requires keys:viewer during the whole subscription. Throws NOT_FOUND, FORBIDDEN, BAD_USER_INPUT. */
  async subscribe(
    caller: Caller,
    reader: LiveReader,
    args: KeyEventsArguments,
  ): Promise<AsyncIterable<LiveItem<KeyEvent>>> {
    const { organizationId, keyId, types } = args
    const issues = new InputIssues()
    checkLength(issues, 'types', types ?? [], 'types')
    issues.throwIfAny()
    await this.access.require(caller.principal, 'readKeys', organizationId)
    if (keyId != null) {
      const key = await this.keyAccess.requireReadable(caller.principal, keyId)
      if (key.organizationId !== organizationId) throw badInput('keyId', 'must be the id of a key of that organization')
    }
    const wanted = types == null ? DEFAULT_TYPES : TYPES.filter((type) => types.includes(type))
    return this.live.subscribe<KeyEvent, ReportedType>({
      reader,
      principal: caller.principal,
      topic: JSON.stringify(['keyEvents', organizationId, keyId ?? null]),
      items: this.items,
      follow: { organizationId, types: wanted, after: checkAfter(args.after) },
      mayFollow: (principal) => this.access.may(principal, 'readKeys', organizationId),
      valueOf: async (event, principal) => {
        if (event.targetId === null || kindOfId(event.targetId) !== 'key') return null
        if (keyId != null && event.targetId !== keyId) return null
        if (!(await mayHearOf(this.access, principal, event))) return null
        const view = await createEventView(this.access, principal, organizationId)
        return { ...view(event), throughKeyEvents: true }
      },
    })
  }
}

/** The position to continue from. Throws BAD_USER_INPUT. */
export const checkAfter = (after: number | null | undefined): number | undefined => {
  if (after == null) return undefined
  if (after < 0) throw badInput('after', 'must be zero or the sequence of an event that was received')
  return after
}
