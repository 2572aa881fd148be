import { hash } from 'node:crypto'
import { faultAfter, type VerifiedPosition } from '../audit-chain/chain-position.ts'
import { type HashedEvent, hashedText, type Sha256 } from '../audit-chain/hashed-event.ts'

/** SHA-256 by Node.js. */
export const sha256: Sha256 = (text) => hash('sha256', text, 'hex')

/** SHA-256 hash, in hex, of all other fields of the event, including the previous hash. */
export const hashOf = (event: Omit<HashedEvent, 'hash'>): string => sha256(hashedText(event))

/** Whether an event is the next one after a position, and unchanged. */
export const follows = (position: VerifiedPosition, event: HashedEvent): boolean =>
  faultAfter(position, event, sha256) === null
