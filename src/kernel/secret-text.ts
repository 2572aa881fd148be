import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/**
 * The text form of a key's secret: `kt_ak_` or `kt_pk_` (the first part is configured for each deployment), 43 base62
 * characters that encode 256 random bits, and 6 base62 characters that encode the CRC-32 of the preceding text.
 * Scanners find it by `\bkt_(?:ak|pk)_[0-9A-Za-z]{49}\b` and exclude false positives by the checksum.
 */
export type SecretKind = 'ak' | 'pk'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BODY_LENGTH = 43
const CHECKSUM_LENGTH = 6
const LONGEST_PREFIX = 16
/** Characters of the longest well-formed secret of any deployment: prefix, kind, body and checksum. */
export const LONGEST_SECRET = LONGEST_PREFIX + '_ak_'.length + BODY_LENGTH + CHECKSUM_LENGTH
const SHAPE = /^([a-z][a-z0-9]{0,15})_(ak|pk)_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/

export const SECRET_PREFIX_SHAPE = /^[a-z][a-z0-9]{0,15}$/

/** Digits that a number represents exactly. Calculating with numbers is many times as fast as with bigints. */
const DIGITS_AT_ONCE = 8
const BASE_AT_ONCE = 62n ** BigInt(DIGITS_AT_ONCE)

/** The lowest digits of a number. */
const digitsOf = (number: number, length: number): string => {
  let digits = ''
  for (let rest = number; digits.length < length; rest = Math.floor(rest / 62))
    digits = ALPHABET.charAt(rest % 62) + digits
  return digits
}

const base62 = (value: bigint, length: number): string => {
  let text = ''
  for (let rest = value; text.length < length; rest /= BASE_AT_ONCE)
    text = digitsOf(Number(rest % BASE_AT_ONCE), Math.min(DIGITS_AT_ONCE, length - text.length)) + text
  return text
}

const checksum = (text: string): string => digitsOf(crc32(text), CHECKSUM_LENGTH)

/**
 * Creates a secret of 256 random bits.
 *
 * @param entropy 32 random bytes; passed only by tests
 */
export const newSecret = (prefix: string, kind: SecretKind, entropy: Buffer = randomBytes(32)): string => {
  const body = `${prefix}_${kind}_${base62(BigInt(`0x${entropy.toString('hex')}`), BODY_LENGTH)}`
  return body + checksum(body)
}

/** Whether a credential has the prefix of a secret, well-formed or not. An access token (a JWT) never has. */
export const looksLikeSecret = (text: string): boolean => /^[a-z][a-z0-9]{0,15}_(?:ak|pk)_/.test(text)

/** The kind of a well-formed secret of this deployment; null if shape, prefix or checksum is wrong. No look-up is made. */
export const parseSecret = (prefix: string, text: string): SecretKind | null => {
  const match = SHAPE.exec(text)
  if (match === null || match[1] !== prefix) return null
  return checksum(text.slice(0, -CHECKSUM_LENGTH)) === match[4] ? (match[2] as SecretKind) : null
}

/**
 * The SHA-256 of a secret in hex, which is stored instead of the secret. The secret has 256 bits of entropy, so a salt or
 * a slow hash would add no protection, and a fast hash keeps verification cheap.
 */
export const hashSecret = (secret: string): string => hash('sha256', secret, 'hex')

/** The part of a secret that may be shown: its prefix and its last four characters. */
export const hintOf = (secret: string): string =>
  `${secret.slice(0, secret.lastIndexOf('_') + 1)}...${secret.slice(-4)}`

/** The id of the rule by which scanners find the secrets of a deployment. It is part of what GitLab reports. */
export const scannerRuleId = (prefix: string): string => `keyturn-${prefix}-secret`

/** Redacts secrets and invitation tokens in a text, of any deployment and also mistyped ones. */
export const hideSecrets = (text: string): string =>
  text.replace(/\b([a-z][a-z0-9]{0,15}_(?:ak|pk|inv)_)[0-9A-Za-z_-]+/gi, '$1...')
