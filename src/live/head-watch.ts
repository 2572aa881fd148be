import { allHeads, type Head, recentHeads } from '../audit/audit-heads.store.ts'
import type { Reader } from '../persistence/database.ts'

/** Events of one audit log that were committed, and that this process may not have received. */
export interface Growth {
  readonly organizationId: string
  readonly after: number
  readonly upTo: number
}

/** What a poll found: the logs that grew; null if it cannot be known what was missed. */
export type Growths = readonly Growth[] | null

/**
 * How long before now a log that grew is expected to have done so, by the clock of the instance that wrote to it. Where it is
 * wrong a poll costs more, and finds the same.
 */
const RECENT_MS = 15_000

/**
 * Finds out which audit logs grew since the last poll.
 *
 * Proof that a poll misses nothing: the sequence of a log is never decreased, and each commit to a log increases it. So the
 * sum of all sequences is never decreased, and each commit increases it. A poll reads the sum and some heads in one
 * statement, which sees one snapshot. If the sum of the known sequences, those heads included, equals that sum, then each
 * known sequence equals the one in the snapshot, because none of them can be greater. Otherwise all heads are read. No clock
 * is part of this: which heads are read first is a guess by time, and the sum decides whether it was right. It holds however
 * long ago the last poll was.
 */
export class HeadWatch {
  private readonly sequences = new Map<string, number>()
  private sum = 0
  private started = false

  /** The sequence of a log as of the last poll. */
  sequenceOf(organizationId: string): number {
    return this.sequences.get(organizationId) ?? 0
  }

  /** Reads what grew since the last poll; nothing at the first. What is not `grown` afterwards is found again. */
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

  /** Makes the growth known. Called when everything that it names was read. */
  grown({ organizationId, upTo }: Growth): void {
    this.sum += upTo - this.sequenceOf(organizationId)
    this.sequences.set(organizationId, upTo)
  }

  /** Forgets everything. The next poll is a first one. */
  reset(): void {
    this.sequences.clear()
    this.sum = 0
    this.started = false
  }

  private growthOf(heads: readonly Head[]): Growths {
    const growths: Growth[] = []
    for (const { organizationId, sequence } of heads) {
      const after = this.sequenceOf(organizationId)
      // A database that was restored from a backup while this process ran.
      if (sequence < after) return null
      if (sequence > after) growths.push({ organizationId, after, upTo: sequence })
    }
    return growths
  }

  private accept(heads: readonly Head[]): void {
    for (const { organizationId, sequence } of heads) this.grown({ organizationId, after: 0, upTo: sequence })
  }
}
