import { BEGINNING, faultAfter, type VerifiedPosition } from './chain-position.ts'
import { GENESIS_HASH, type HashedEvent, type Sha256 } from './hashed-event.ts'

/** What a verification found; the first fields are those of `auditVerification` in the API. */
export interface ChainVerification {
  readonly intact: boolean
  /** Sequence of the archived event behind which the check began; 0 where it began with the first event. */
  readonly baseSequence: number
  /** Number of events that are as they were written, from there on. */
  readonly checkedEvents: number
  /** The first sequence whose event is missing, altered or out of place; null where that is not known. */
  readonly firstBrokenSequence: number | null
  /** Hash of the last of these events. */
  readonly headHash: string
  readonly organizationId: string | null
  /** What is wrong. */
  readonly fault: string | null
}

export interface ChainCheckOptions {
  readonly sha256: Sha256
  /** The organization whose log it must be; null for that of the first event. */
  readonly organizationId: string | null
  /** A head that was signed earlier, whose signature was verified: the log must contain it. */
  readonly signedHead: VerifiedPosition | null
  /** The last archived event, whose signature was verified: a log may begin behind it, and otherwise contains it. */
  readonly signedBase?: VerifiedPosition | null
}

/** Checks an audit log event by event, oldest first. It keeps one position, however long the log is. */
export class ChainCheck {
  private readonly options: ChainCheckOptions
  private organizationId: string | null
  private begin: VerifiedPosition | null = null
  private position = BEGINNING
  private hashAtSignedHead = GENESIS_HASH
  private broken: { readonly sequence: number; readonly fault: string } | null = null

  constructor(options: ChainCheckOptions) {
    this.options = options
    this.organizationId = options.organizationId
  }

  /** Takes the next event, null for one that is unreadable. Returns false once the log is known to be broken. */
  accept(event: HashedEvent | null): boolean {
    if (this.broken !== null) return false
    if (this.begin === null) this.position = this.begin = this.beginningAt(event)
    const sequence = this.position.sequence + 1
    const fault = this.faultOf(event)
    if (event === null || fault !== null) {
      this.broken = { sequence, fault: `Event ${sequence} is broken: ${fault}.` }
      return false
    }
    this.organizationId = event.organizationId
    this.position = { sequence, hash: event.hash }
    if (sequence === this.options.signedHead?.sequence) this.hashAtSignedHead = event.hash
    return true
  }

  /** Number of events that are as they were written, so far. */
  get checkedEvents(): number {
    return this.position.sequence - (this.begin ?? BEGINNING).sequence
  }

  /** What was found, once there is no further event. */
  finish(): ChainVerification {
    const broken = this.broken ?? this.faultOfEnd()
    return {
      intact: broken === null,
      baseSequence: (this.begin ?? BEGINNING).sequence,
      checkedEvents: this.checkedEvents,
      firstBrokenSequence: broken?.sequence ?? null,
      headHash: this.position.hash,
      organizationId: this.organizationId,
      fault: broken?.fault ?? null,
    }
  }

  private beginningAt(event: HashedEvent | null): VerifiedPosition {
    const { signedBase } = this.options
    return signedBase != null && signedBase.sequence > 0 && event?.sequence === signedBase.sequence + 1
      ? signedBase
      : BEGINNING
  }

  private faultOf(event: HashedEvent | null): string | null {
    if (event === null) return 'it is not written as an event is'
    if (this.organizationId !== null && event.organizationId !== this.organizationId)
      return 'it is of another organization'
    const { signedBase, sha256 } = this.options
    if (signedBase != null && event.sequence === signedBase.sequence && event.hash !== signedBase.hash)
      return 'it is not the one that was signed when it was archived'
    return faultAfter(this.position, event, sha256)
  }

  private faultOfEnd(): { readonly sequence: number; readonly fault: string } | null {
    const { signedHead } = this.options
    const next = this.position.sequence + 1
    if (this.begin === null) return { sequence: 1, fault: 'Event 1 is missing: there are no events.' }
    if (signedHead === null) return null
    if (signedHead.sequence >= next)
      return {
        sequence: next,
        fault: `Event ${next} is missing: the checkpoint signed ${signedHead.sequence} events.`,
      }
    if (signedHead.sequence < (this.begin ?? BEGINNING).sequence) return null
    if (this.hashAtSignedHead === signedHead.hash) return null
    const { sequence } = signedHead
    return { sequence, fault: `Event ${sequence} is broken: it is not the one that was signed.` }
  }
}

/** What is known where the checkpoint itself is worth nothing: no event was checked. */
export const invalidCheckpoint = (fault: string): ChainVerification => ({
  intact: false,
  baseSequence: 0,
  checkedEvents: 0,
  firstBrokenSequence: null,
  headHash: GENESIS_HASH,
  organizationId: null,
  fault,
})
