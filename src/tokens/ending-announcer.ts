import { type AuditEvent, BY_SYSTEM } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { keyTokensInvalidated } from '../audit/events/token-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { coversAll, intersectGrants, normalizeGrants } from '../kernel/grants.ts'
import { lockPersonalKeys } from '../keys/keys.store.ts'
import { type TokenEnding, tokenEndingOf } from '../keys/verification/token-endings.ts'
import { listMembershipsOf } from '../memberships/members.store.ts'
import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import type { Writer } from '../persistence/database.ts'
import { listTokenOrganizations } from './token-organizations.store.ts'

interface Ended<Ending extends TokenEnding = TokenEnding> {
  readonly event: AuditEvent
  readonly ending: Ending
}
type OwnerEnding = Extract<TokenEnding, { of: 'owner' }>

/** Tokens to announce in an organization's audit log. */
interface Announcement {
  readonly organizationId: string
  readonly keyId: string
  readonly cause: string
  readonly tokenId: string | null
  readonly issuedBefore: Date
}

/**
 * Announces the end of tokens in the audit logs of organizations that do not have the event that ended them, in the same
 * transaction. An announcement contains neither the actor nor the name of the key: both belong to another organization.
 */
export class EndingAnnouncer {
  private readonly log: AuditLog
  private readonly clock: Clock
  private readonly directory: OrganizationDirectory
  private readonly ended = new WeakMap<Writer, Ended[]>()

  constructor(log: AuditLog, clock: Clock, directory: OrganizationDirectory) {
    this.log = log
    this.clock = clock
    this.directory = directory
    log.onAppend((writer, events) => this.collect(writer, events))
  }

  private collect(writer: Writer, events: readonly AuditEvent[]): void {
    for (const event of events) {
      const ending = tokenEndingOf(event)
      if (ending === null) continue
      const collected = this.ended.get(writer)
      if (collected !== undefined) {
        collected.push({ event, ending })
        continue
      }
      this.ended.set(writer, [{ event, ending }])
      writer.beforeCommit(() => this.announce(writer))
    }
  }

  private async announce(writer: Writer): Promise<void> {
    const ended = this.ended.get(writer) ?? []
    const announcements = [
      ...ended.flatMap(ofToken),
      ...(await this.ofKeys(writer, ended)),
      ...(await this.ofOwners(writer, ended)),
    ]
    const organizations = [...new Set(announcements.map(({ organizationId }) => organizationId))].sort()
    for (const id of organizations) {
      const own = announcements.filter(({ organizationId }) => organizationId === id)
      const entries = own.map((one) => ({ cause: BY_SYSTEM, draft: keyTokensInvalidated(one.keyId, one) }))
      await this.log.appendAll(writer, id, entries)
    }
  }

  private async ofKeys(writer: Writer, ended: readonly Ended[]): Promise<Announcement[]> {
    const byKey = new Map<string, Announcement>()
    for (const { event, ending } of ended)
      if (ending.of === 'key' && event.targetId !== null)
        byKey.set(event.targetId, announcementOf(event, event.targetId, ending.issuedBefore))
    const rows = await listTokenOrganizations(writer, [...byKey.keys()], this.clock.now())
    return rows.flatMap(({ keyId, organizationId }) => {
      const announcement = byKey.get(keyId)
      return announcement === undefined ? [] : [{ ...announcement, organizationId }]
    })
  }

  private async ofOwners(writer: Writer, ended: readonly Ended[]): Promise<Announcement[]> {
    const announcements: Announcement[] = []
    for (const { event, ending } of ended)
      if (ending.of === 'owner') announcements.push(...(await this.ofOwner(writer, { event, ending })))
    return announcements
  }

  /** The personal keys of a person, in each organization where their tokens have lost grants. */
  private async ofOwner(writer: Writer, { event, ending }: Ended<OwnerEnding>): Promise<Announcement[]> {
    if (ending.ownerId === null) return []
    const keys = await lockPersonalKeys(writer, ending.ownerId)
    const ids = keys.map((key) => key.id)
    const elsewhere = await listTokenOrganizations(writer, ids, this.clock.now())
    const memberships = await listMembershipsOf(writer, ending.ownerId)
    const announcements: Announcement[] = []
    for (const key of keys) {
      const others = elsewhere.filter((row) => row.keyId === key.id).map((row) => row.organizationId)
      for (const organizationId of [key.organizationId, ...others]) {
        const path = (await this.directory.findPath(organizationId, writer)) ?? []
        if (!path.includes(event.organizationId)) continue
        const held = memberships.flatMap((one) => (path.includes(one.organizationId) ? one.grants : []))
        const granted = ending.granted ?? null
        const carried = granted === null || key.grants === null ? granted : intersectGrants(granted, key.grants)
        if (carried !== null && coversAll(normalizeGrants(held), carried)) continue
        announcements.push({ ...announcementOf(event, key.id, ending.issuedBefore), organizationId })
      }
    }
    return announcements
  }
}

const announcementOf = (event: AuditEvent, keyId: string, issuedBefore: Date): Announcement => ({
  organizationId: event.organizationId,
  keyId,
  cause: event.type,
  tokenId: null,
  issuedBefore,
})

const ofToken = ({ event, ending }: Ended): Announcement[] => {
  const { targetId: keyId } = event
  if (ending.of !== 'token' || keyId === null) return []
  const { organizationId, tokenId } = ending
  if (organizationId === null || organizationId === event.organizationId) return []
  return [{ ...announcementOf(event, keyId, event.occurredAt), organizationId, tokenId }]
}
