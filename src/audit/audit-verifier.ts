import { LRUCache } from 'lru-cache'
import type { Clock } from '../kernel/clock.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { findHash } from './audit.store.ts'
import type { FindAnchors } from './audit-anchor.ts'
import { type AuditVerification, verifyAuditLog, verifyChain } from './audit-verification.ts'
import { BEGINNING, type VerifiedPosition } from './hash-chain.ts'

/** What this process verified of an audit log. */
interface Verified {
  /** Everything up to here was verified since `wholeAt`. */
  readonly end: VerifiedPosition
  /** When the last verification of the whole log began. */
  readonly wholeAt: number
  /** How long the log is verified from its end only before it is verified whole again. */
  readonly wholeEveryMs: number
  /** Up to where the log was re-verified after that. */
  readonly recheckedTo: VerifiedPosition
}

/** Events that are verified again at each call, besides the new ones. A log of so many is verified whole every time. */
const RECHECKED = 5_000
const WHOLE_EVERY_MS = 10 * 60_000
/** A verification of the whole log takes at most this part of the time. */
const SHARE_OF_TIME = 20
const MOST_LOGS = 10_000
/** Audit logs that are verified at once. */
const MOST_AT_ONCE = 2

/**
 * Verifies audit logs, each once at a time: callers that come meanwhile share the answer.
 *
 * A log of up to 5,000 events is verified whole every time. A longer one is verified whole at the first call and again
 * after ten minutes (after twenty times the duration where that is longer). In between a call verifies the events that
 * were added, and 5,000 of the others in turn; an edit of an event is found by then at the latest.
 */
export class AuditVerifier {
  private readonly database: Database
  private readonly clock: Clock
  private readonly findAnchors: FindAnchors
  private readonly running = new Map<string, Promise<AuditVerification>>()
  private readonly verified = new LRUCache<string, Verified>({ max: MOST_LOGS })
  private free = MOST_AT_ONCE
  private readonly waiting: (() => void)[] = []

  constructor(database: Database, clock: Clock, findAnchors: FindAnchors) {
    this.database = database
    this.clock = clock
    this.findAnchors = findAnchors
  }

  /** What a verification found that had not ended when this was called. */
  verify(organizationId: string): Promise<AuditVerification> {
    let running = this.running.get(organizationId)
    if (running === undefined) {
      running = this.inTurn(() => this.database.read((reader) => this.run(reader, organizationId))).finally(() =>
        this.running.delete(organizationId),
      )
      this.running.set(organizationId, running)
    }
    return running
  }

  private async inTurn<T>(run: () => Promise<T>): Promise<T> {
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
    if (known !== undefined && known.end.sequence > RECHECKED && Math.abs(now - known.wholeAt) < known.wholeEveryMs) {
      const found = await this.resume(reader, organizationId, known)
      // The exact place is for the whole walk to find, which ends there.
      if (found !== null) return found
    }
    return this.verifyWhole(reader, organizationId, known)
  }

  private async verifyWhole(
    reader: Reader,
    organizationId: string,
    known: Verified | undefined,
  ): Promise<AuditVerification> {
    const wholeAt = this.clock.now().getTime()
    const begun = performance.now()
    const found = await verifyAuditLog(reader, organizationId, this.findAnchors)
    if (!found.intact) return found
    // A log that was verified further before has lost its end.
    if (known !== undefined && (await this.hashAt(reader, organizationId, known.end)) !== known.end.hash)
      return { ...found, intact: false, ...brokenAt(known.end.sequence, found.checkedEvents) }
    this.verified.set(organizationId, {
      end: { sequence: found.checkedEvents, hash: found.headHash },
      wholeAt,
      wholeEveryMs: Math.max(WHOLE_EVERY_MS, SHARE_OF_TIME * (performance.now() - begun)),
      recheckedTo: BEGINNING,
    })
    return found
  }

  /** Verifies what was added and some of the rest; null where something is wrong. */
  private async resume(reader: Reader, organizationId: string, known: Verified): Promise<AuditVerification | null> {
    const { end, recheckedTo } = known
    const upTo = Math.min(end.sequence, recheckedTo.sequence + RECHECKED)
    const rechecked = await verifyChain(reader, organizationId, recheckedTo, upTo)
    if (rechecked.sequence < upTo) return null
    if (upTo === end.sequence && rechecked.hash !== end.hash) return null
    if ((await this.hashAt(reader, organizationId, end)) !== end.hash) return null
    const found = await verifyAuditLog(reader, organizationId, this.findAnchors, end)
    if (!found.intact) return null
    this.verified.set(organizationId, {
      ...known,
      end: { sequence: found.checkedEvents, hash: found.headHash },
      recheckedTo: upTo === end.sequence ? BEGINNING : rechecked,
    })
    return found
  }

  private async hashAt(reader: Reader, organizationId: string, { sequence, hash }: VerifiedPosition) {
    return sequence === 0 ? hash : findHash(reader, organizationId, sequence)
  }
}

/** A log that is in order but ends before, or differs at, a sequence that was verified once. */
const brokenAt = (sequence: number, checkedEvents: number) => {
  const firstBrokenSequence = Math.min(sequence, checkedEvents + 1)
  return { firstBrokenSequence, checkedEvents: firstBrokenSequence - 1 }
}
