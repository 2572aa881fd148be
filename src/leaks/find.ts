import { hash } from 'node:crypto'
import { hideSecrets } from '../kernel/secret-text.ts'

/** A text that somebody found in a public place and that may be a secret of this service. */
export interface Find {
  readonly text: string
  /** The address of the place, as the reporter gave it. It may contain the text itself. */
  readonly foundAt: string | null
  /** The kind of the place, such as `commit` or `issue_comment`. */
  readonly foundIn: string | null
}

const MAX_PLACE_LENGTH = 2_000
// Control characters, and those that change the direction of text.
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu

const shown = (text: string | null, secret: string): string | null => {
  if (text === null) return null
  const safe = hideSecrets(text.replaceAll(secret, '...').replace(INVISIBLE, '')).trim().slice(0, MAX_PLACE_LENGTH)
  return safe === '' ? null : safe
}

/** The place of a find as the audit log stores it: without the secret, in which an address often contains it. */
export const placeOf = ({ text, foundAt, foundIn }: Find) => ({
  foundAt: shown(foundAt, text),
  foundIn: shown(foundIn, text),
})

/** Identifies a place: a second report of the same secret there changes nothing. */
export const placeHashOf = (reportedBy: string, { foundAt, foundIn }: Find): string =>
  hash('sha256', JSON.stringify([reportedBy, foundAt, foundIn]), 'hex')
