import { allHeads, type Head, recentHeads } from '../audit/audit-heads.store.ts'
import type { Reader } from '../persistence/database.ts'

/** A range of committed events of one audit log that this process may not have received. */
export interface Growth {
  readonly organizationId: string
  readonly after: number
  readonly upTo: number
}

/** The result of a poll: the logs that grew; null if it cannot be known what was missed. */
export type Growths = readonly Growth[] | null

/** Logs that grew within this time are read first. If a clock is wrong, a poll costs more and finds the same. */
const RECENT_MS = 15_000

/**
 * Finds the audit logs that grew since the last poll. A poll reads the sum of all sequences and the recent heads in one
 * snapshot. Sequences only grow: if the known ones add up to that sum, no log is missing, else all heads are read. The proof
 * is in docs/decisions.md.
 */
export class HeadWatch {
  private readonly sequences = new Map<string, number>()
  private sum = 0
  private started = false

  /** The sequence of a log as of the last poll. */
  sequenceOf(organizationId: string): number {
    return this.sequences.get(organizationId) ?? 0
  }

  /** The logs that grew since the last poll; none at the first poll. A growth is found again until `grown` is called. */
  async poll(reader: Reader, now: Date): Promise<Growths> {
    if (!this.started) {
      this.accept(await allHeads(reader))
      this.started = true
      return []
    }
    const { sum, heads } = await recentHeads(reader, new Date(now.getTime() - RECENT_MS))
    const known =
      this.sum + heads.reduce((total, head) => total + head.sequence - this.sequenceOf(head.organizationId), 0)
    return this.growthOf(known === sum ? heads : await allHeads(reader))
  }

  /** Marks a growth as read. */
  grown({ organizationId, upTo }: Growth): void {
    this.sum += upTo - this.sequenceOf(organizationId)
    this.sequences.set(organizationId, upTo)
  }

  /** Forgets all sequences. The next poll counts as the first. */
  reset(): void {
    this.sequences.clear()
    this.sum = 0
    this.started = false
  }

  private growthOf(heads: readonly Head[]): Growths {
    const growths: Growth[] = []
    for (const { organizationId, sequence } of heads) {
      const after = this.sequenceOf(organizationId)
      // The database was restored from a backup while this process ran.
      if (sequence < after) return null
      if (sequence > after) growths.push({ organizationId, after, upTo: sequence })
    }
    return growths
  }

  private accept(heads: readonly Head[]): void {
    for (const { organizationId, sequence } of heads) this.grown({ organizationId, after: 0, upTo: sequence })
  }
}
