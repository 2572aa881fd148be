import { ChainCheck, type ChainVerification } from './chain-check.ts'
import type { VerifiedPosition } from './chain-position.ts'
import { type LoggedEvent, readLoggedEvent } from './exported-event.ts'
import type { Sha256 } from './hashed-event.ts'

/** A page of an audit log, oldest event first. */
export interface LogPage {
  readonly events: readonly LoggedEvent[]
  /** What to read the next page with; null where there is none. */
  readonly next: string | null
}

export interface LogVerificationOptions {
  /** Reads the page at a cursor; null for the oldest events. */
  readonly readPage: (cursor: string | null) => Promise<LogPage>
  readonly sha256: Sha256
  readonly organizationId: string
  /** A head that was signed earlier, whose signature was verified. */
  readonly signedHead: VerifiedPosition | null
  /** The last archived event, whose signature was verified. */
  readonly signedBase?: VerifiedPosition | null
  readonly signal: AbortSignal
  /** Called after each page with the number of events that were found valid so far. */
  readonly onProgress: (checkedEvents: number) => void
}

/** Details of the event are withheld from the reader, so its hash cannot be recomputed. */
export class WithheldDetails extends Error {
  readonly sequence: number

  constructor(sequence: number) {
    super(`Event ${sequence} has details that you may not read, so its hash cannot be recomputed.`)
    this.sequence = sequence
  }
}

/**
 * Verifies an audit log while it is read from the server: recomputes each hash, and compares sequences and previous hashes.
 * One page is read while the one before it is checked, and no more is kept. An abort throws the signal's reason; details
 * that are withheld throw WithheldDetails.
 */
export const verifyLog = async (options: LogVerificationOptions): Promise<ChainVerification> => {
  const { readPage, signal, onProgress } = options
  const check = new ChainCheck(options)
  const read = (cursor: string | null): Promise<LogPage> => {
    const page = readPage(cursor)
    // A page that is not awaited any more, because the log is broken, may fail unnoticed.
    page.catch(() => undefined)
    return page
  }
  for (let pending: Promise<LogPage> | null = read(null); pending !== null; ) {
    const { events, next }: LogPage = await pending
    signal.throwIfAborted()
    pending = next === null || events.length === 0 ? null : read(next)
    for (const event of events) {
      if (Array.isArray(event.details.withheld)) throw new WithheldDetails(event.sequence)
      if (!check.accept(readLoggedEvent(event))) return check.finish()
    }
    onProgress(check.checkedEvents)
  }
  return check.finish()
}
