import { GENESIS_HASH, type HashedEvent, hashedText, type Sha256 } from './hashed-event.ts'

/** A position of an audit log up to which its hash chain was verified. */
export interface VerifiedPosition {
  readonly sequence: number
  readonly hash: string
}

export const BEGINNING: VerifiedPosition = { sequence: 0, hash: GENESIS_HASH }

/** Why an event is not the unchanged next one after a position; null where it is. */
export const faultAfter = (position: VerifiedPosition, event: HashedEvent, sha256: Sha256): string | null => {
  const next = position.sequence + 1
  if (event.sequence > next)
    return `the log has event ${event.sequence} in its place. If the events before that were archived, their archive is needed too`
  if (event.sequence !== next) return `the log has event ${event.sequence} in its place`
  if (event.previousHash !== position.hash) return 'it does not follow the event before it'
  return isUnchanged(event, sha256) ? null : 'it is not as it was written: its hash differs'
}

const isUnchanged = ({ hash: written, ...rest }: HashedEvent, sha256: Sha256): boolean => {
  try {
    return sha256(hashedText(rest)) === written
  } catch {
    // The log never hashes a value without a canonical form, such as an invalid time or a lone surrogate.
    return false
  }
}
