import type { AuditEvent } from '../audit/audit-event.ts'

/**
 * Counts what may have changed a credential: events, expiries and gaps in the feed. A check that started at a count takes
 * every change up to that count into account.
 */
export class ChangeCounter {
  private count = 0
  /** By organization, the newest event that was delivered while the feed was not current, and its count. */
  private readonly delivered = new Map<string, { readonly sequence: number; readonly count: number }>()

  get current(): number {
    return this.count
  }

  /** Counts a change. Returns its count. */
  next(): number {
    this.count += 1
    return this.count
  }

  /**
   * The count of an event that is delivered while the feed is not current. It is the same for every subscription that
   * delivers the event, so that one check of a credential serves all of them.
   */
  ofDelivered({ organizationId, sequence }: Pick<AuditEvent, 'organizationId' | 'sequence'>): number {
    const newest = this.delivered.get(organizationId)
    if (newest !== undefined && newest.sequence >= sequence) return newest.count
    const count = this.next()
    this.delivered.set(organizationId, { sequence, count })
    return count
  }

  /** Forgets the delivered events, when the feed is current again. */
  forgetDelivered(): void {
    this.delivered.clear()
  }
}
