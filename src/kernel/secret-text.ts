import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/**
 * The text form of a key's secret: `kt_ak_` or `kt_pk_` (the first part is the deployment's), 43 base62 characters
 * that carry 256 random bits, and 6 base62 characters that carry the CRC-32 of all the text before them.
 * Scanners find it by `\bkt_(?:ak|pk)_[0-9A-Za-z]{49}\b` and can rule out look-alikes by the checksum.
 */
export type SecretKind = 'ak' | 'pk'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BODY_LENGTH = 43
const CHECKSUM_LENGTH = 6
const SHAPE = /^([a-z][a-z0-9]{0,15})_(ak|pk)_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/

export const SECRET_PREFIX_SHAPE = /^[a-z][a-z0-9]{0,15}$/

const base62 = (value: bigint, length: number): string => {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = ALPHABET[Number(rest % 62n)] + text
  return text
}

const checksum = (text: string): string => {
  let digits = ''
  // 32 bits are exact in a number, and numbers are much faster than big integers.
  for (let rest = crc32(text); digits.length < CHECKSUM_LENGTH; rest = Math.floor(rest / 62))
    digits = ALPHABET.charAt(rest % 62) + digits
  return digits
}

/** @param entropy 32 random bytes; given only by tests */
export const newSecret = (prefix: string, kind: SecretKind, entropy: Buffer = randomBytes(32)): string => {
  const body = `${prefix}_${kind}_${base62(BigInt(`0x${entropy.toString('hex')}`), BODY_LENGTH)}`
  return body + checksum(body)
}

/** Whether a bearer is meant to be a secret, well-formed or not; an access token (a JWT) never is. */
export const looksLikeSecret = (text: string): boolean => /^[a-z][a-z0-9]{0,15}_(?:ak|pk)_/.test(text)

/** The kind of a well-formed secret of this deployment, or null: wrong shape, prefix or checksum. Looks nothing up. */
export const parseSecret = (prefix: string, text: string): SecretKind | null => {
  const match = SHAPE.exec(text)
  if (match === null || match[1] !== prefix) return null
  return checksum(text.slice(0, -CHECKSUM_LENGTH)) === match[4] ? (match[2] as SecretKind) : null
}

/**
 * What is stored in place of the secret: SHA-256, hex. The secret has 256 bits of entropy, so nothing is gained by a
 * slow hash or a salt, and a fast one keeps verification cheap.
 */
export const hashSecret = (secret: string): string => hash('sha256', secret, 'hex')

/** What may be shown of a secret: its prefix and its last four characters. */
export const hintOf = (secret: string): string =>
  `${secret.slice(0, secret.lastIndexOf('_') + 1)}...${secret.slice(-4)}`

/** A text without the secrets and invitation tokens that it holds, of whatever deployment, mistyped ones among them. */
export const hideSecrets = (text: string): string =>
  text.replace(/\b([a-z][a-z0-9]{0,15}_(?:ak|pk|inv)_)[0-9A-Za-z_-]+/gi, '$1...')
