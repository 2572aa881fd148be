import { LRUCache } from 'lru-cache'
import { BEGINNING, type VerifiedPosition } from '../audit-chain/chain-position.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database, Reader } from '../persistence/database.ts'
import type { FindAnchors } from './audit-anchor.ts'
import { findBase, hashAt } from './audit-base.store.ts'
import { type AuditVerification, verifyAuditLog, verifyChain } from './audit-verification.ts'

/** What this process has verified of an audit log. */
interface Verified {
  /** Everything up to here was verified since `fullAt`. */
  readonly end: VerifiedPosition
  /** Start of the last verification of the whole log. */
  readonly fullAt: number
  /** Time after which the whole log is verified again. */
  readonly fullIntervalMs: number
  /** End of the part that was verified again after that. */
  readonly reverifiedTo: VerifiedPosition
}

/** Events that each call verifies again, besides the new ones. A log of at most this length is always verified whole. */
const REVERIFIED_EVENTS = 5_000
const FULL_INTERVAL_MS = 10 * 60_000
/** Verifying a whole log takes at most this fraction of the time (one part in so many). */
const MIN_TIMES_DURATION = 20
const MAX_LOGS = 10_000
/** Audit logs that are verified at a time. */
const MAX_CONCURRENT = 2

/**
 * Verifies audit logs, each once at a time: concurrent callers share a result.
 *
 * A log of up to 5,000 events is always verified whole. A longer one is verified whole at the first call, and again after
 * ten minutes (or twenty times the duration, if that is longer). In between, a call verifies the new events and 5,000 of
 * the others in turn, so a changed event is found by the next full verification at the latest.
 */
export class AuditVerifier {
  private readonly database: Database
  private readonly clock: Clock
  private readonly findAnchors: FindAnchors
  private readonly running = new Map<string, Promise<AuditVerification>>()
  private readonly verified = new LRUCache<string, Verified>({ max: MAX_LOGS })
  private free = MAX_CONCURRENT
  private readonly waiting: (() => void)[] = []

  constructor(database: Database, clock: Clock, findAnchors: FindAnchors) {
    this.database = database
    this.clock = clock
    this.findAnchors = findAnchors
  }

  /** The result of a verification that ends after this call. */
  verify(organizationId: string): Promise<AuditVerification> {
    let running = this.running.get(organizationId)
    if (running === undefined) {
      running = this.withSlot(() => this.database.read((reader) => this.run(reader, organizationId))).finally(() =>
        this.running.delete(organizationId),
      )
      this.running.set(organizationId, running)
    }
    return running
  }

  private async withSlot<T>(run: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1
    else await new Promise<void>((resolve) => this.waiting.push(resolve))
    try {
      return await run()
    } finally {
      const next = this.waiting.shift()
      if (next === undefined) this.free += 1
      else next()
    }
  }

  private async run(reader: Reader, organizationId: string): Promise<AuditVerification> {
    const known = this.verified.get(organizationId)
    const now = this.clock.now().getTime()
    if (
      known !== undefined &&
      known.end.sequence > REVERIFIED_EVENTS &&
      Math.abs(now - known.fullAt) < known.fullIntervalMs
    ) {
      const found = await this.resume(reader, organizationId, known)
      // Verifying the whole log finds the exact place.
      if (found !== null) return found
    }
    return this.verifyFully(reader, organizationId, known)
  }

  private async verifyFully(
    reader: Reader,
    organizationId: string,
    known: Verified | undefined,
  ): Promise<AuditVerification> {
    const fullAt = this.clock.now().getTime()
    const begun = performance.now()
    const found = await verifyAuditLog(reader, organizationId, this.findAnchors)
    if (!found.intact) return found
    // The log was longer when it was verified before, so its end is missing.
    if (known !== undefined && !(await this.isThere(reader, organizationId, known.end)))
      return { ...found, intact: false, ...brokenAt(known.end.sequence, found) }
    this.verified.set(organizationId, {
      end: endOf(found),
      fullAt,
      fullIntervalMs: Math.max(FULL_INTERVAL_MS, MIN_TIMES_DURATION * (performance.now() - begun)),
      reverifiedTo: BEGINNING,
    })
    return found
  }

  /** Verifies the new events and some of the others; null if something is wrong. */
  private async resume(reader: Reader, organizationId: string, known: Verified): Promise<AuditVerification | null> {
    const { end } = known
    const base = await findBase(reader, organizationId)
    if (end.sequence <= base.sequence) return null
    const start = known.reverifiedTo.sequence < base.sequence ? base : known.reverifiedTo
    const upTo = Math.min(end.sequence, start.sequence + REVERIFIED_EVENTS)
    const rechecked = await verifyChain(reader, organizationId, start, upTo)
    if (rechecked.sequence < upTo) return null
    if (upTo === end.sequence && rechecked.hash !== end.hash) return null
    if (!(await this.isThere(reader, organizationId, end))) return null
    const found = await verifyAuditLog(reader, organizationId, this.findAnchors, end)
    if (!found.intact) return null
    this.verified.set(organizationId, {
      ...known,
      end: endOf(found),
      reverifiedTo: upTo === end.sequence ? BEGINNING : rechecked,
    })
    return found
  }

  /** Whether the log still has an event that was verified before, or has archived it. */
  private async isThere(reader: Reader, organizationId: string, { sequence, hash }: VerifiedPosition) {
    if (sequence === 0) return true
    const found = await hashAt(reader, organizationId, sequence)
    return found === hash || found === 'archived'
  }
}

const endOf = ({ baseSequence, checkedEvents, headHash }: AuditVerification): VerifiedPosition => ({
  sequence: baseSequence + checkedEvents,
  hash: headHash,
})

/** The log is valid, but ends before a sequence that was verified before, or differs at it. */
const brokenAt = (sequence: number, { baseSequence, checkedEvents }: AuditVerification) => {
  const firstBrokenSequence = Math.min(sequence, baseSequence + checkedEvents + 1)
  return { firstBrokenSequence, checkedEvents: Math.max(0, firstBrokenSequence - 1 - baseSequence) }
}
