import { addressGroup } from '../kernel/address-group.ts'
import { BUILT_IN_MODULES } from '../kernel/grants.ts'
import type { Cause } from './audit-event.ts'
import type { EventDraft } from './events/event-types.ts'

/** A denial that belongs in an organization's audit log. */
export interface Denial {
  readonly organizationId: string
  readonly cause: Cause
  /**
   * What was denied and why, without a count. Its `reason` and `code` are constants of this code, never the caller's text.
   */
  readonly draft: EventDraft<'ACCESS_DENIED' | 'RETIRED_SECRET_USED'>
}

/** Denials of one group, and how many of them are counted but not written yet. */
export interface CountedDenial {
  readonly denial: Denial
  count: number
}

/** Denials of a minute that are only counted, because there is no room for another group. */
export interface Overflow {
  omitted: number
  since: Date
  until: Date
}

/** Groups per minute and organization for known callers, and as many for anonymous ones. */
export const GROUPS_PER_KIND = 250
/** Groups of one caller: a principal, or an anonymous network. */
export const GROUPS_PER_CALLER = 50

const ROLE_TOKEN = /^(\*|[a-z]+):(viewer|operator|manager|owner)$/

// Callers choose the names of other modules, so they are all one group.
const grantOf = (required: readonly string[] | undefined): string | null => {
  const [first] = required ?? []
  if (first === undefined) return null
  const module = ROLE_TOKEN.exec(first)?.[1]
  return module === '*' || (module !== undefined && Object.hasOwn(BUILT_IN_MODULES, module)) ? first : 'other'
}

const reasonOf = (draft: Denial['draft']): readonly (string | null | undefined)[] =>
  draft.type === 'ACCESS_DENIED' ? [draft.details.reason, draft.details.code, grantOf(draft.details.required)] : []

/**
 * What identifies a group. Every part is an id, a network or a constant, so a caller cannot invent groups. All tokens of a
 * key are one group, because a caller can have any number of them.
 */
const groupOf = ({ cause: { actor, credentialId, tokenId, ipAddress }, draft }: Denial): string =>
  JSON.stringify([
    draft.type,
    actor.kind,
    actor.id,
    credentialId,
    tokenId !== null,
    addressGroup(ipAddress),
    draft.target?.id,
    ...reasonOf(draft),
  ])

/** The key or user that a denial is about, with its type; null if neither is known. */
const subjectOf = ({ cause, draft }: Denial): string | null => {
  const id = draft.target?.id ?? cause.actor.id
  return id === null ? null : `${draft.type} ${id}`
}

/**
 * One minute of one organization's denials. No caller can take the room of others: each caller has its own limit, and
 * anonymous callers together have one. The first denial about a key or user always has room.
 */
export class DenialMinute {
  readonly organizationId: string
  readonly beganAt: Date
  readonly endsAt: Date
  private readonly groups = new Map<string, CountedDenial>()
  private readonly subjects = new Set<string>()
  /** Includes removed groups: a caller whose group is removed must not open another one instead. */
  private readonly groupsOfCaller = new Map<string, number>()
  /** The groups that count towards the limits, oldest first. */
  private readonly shared = new Map<string, 'known' | 'anonymous'>()
  private anonymous = 0
  private overflow: Overflow | null = null

  constructor(organizationId: string, beganAt: Date, endsAt: Date) {
    this.organizationId = organizationId
    this.beganAt = beganAt
    this.endsAt = endsAt
  }

  /** Number of groups that count towards the limits. */
  get limitedGroups(): number {
    return this.shared.size
  }

  /** Counts a denial of a known group; false if the group is unknown. */
  count(denial: Denial, times = 1): boolean {
    const group = this.groups.get(groupOf(denial))
    if (group === undefined) return false
    group.count += times
    return true
  }

  /** Opens a group for the first denial about a key or user in this minute; false if it is not the first. */
  openForSubject(denial: Denial): boolean {
    const subject = subjectOf(denial)
    if (subject === null || this.subjects.has(subject)) return false
    this.subjects.add(subject)
    this.groups.set(groupOf(denial), { denial, count: 0 })
    return true
  }

  /** Opens a group that counts towards its caller's limit; false if the limit is reached. */
  openLimited(denial: Denial): boolean {
    const { actor, ipAddress } = denial.cause
    const kind = actor.id === null ? 'anonymous' : 'known'
    const ofKind = kind === 'anonymous' ? this.anonymous : this.shared.size - this.anonymous
    const caller = actor.id ?? addressGroup(ipAddress)
    const ofCaller = this.groupsOfCaller.get(caller) ?? 0
    if (ofKind >= GROUPS_PER_KIND || ofCaller >= GROUPS_PER_CALLER) return false
    const group = groupOf(denial)
    this.groupsOfCaller.set(caller, ofCaller + 1)
    if (kind === 'anonymous') this.anonymous += 1
    this.shared.set(group, kind)
    this.groups.set(group, { denial, count: 0 })
    return true
  }

  /** Removes the oldest group that counts towards the limits. What it counted becomes omitted. */
  removeOldest(now: Date): void {
    const [oldest] = this.shared
    if (oldest === undefined) return
    const [name, kind] = oldest
    const group = this.groups.get(name)
    this.shared.delete(name)
    this.groups.delete(name)
    if (kind === 'anonymous') this.anonymous -= 1
    if (group !== undefined && group.count > 0) this.omit(group.count, this.beganAt, now)
  }

  /** Counts denials that there is no room for. */
  omit(times: number, since: Date, until: Date): void {
    this.overflow ??= { omitted: 0, since, until }
    this.overflow.omitted += times
    if (since < this.overflow.since) this.overflow.since = since
    this.overflow.until = until
  }

  /** What is counted and not written yet. */
  rest(): { readonly counted: readonly CountedDenial[]; readonly overflow: Overflow | null } {
    return { counted: [...this.groups.values()].filter(({ count }) => count > 0), overflow: this.overflow }
  }
}
