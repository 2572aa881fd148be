import { randomBytes } from 'node:crypto'
import type { NotificationRouteRow } from './notification.entity.ts'
import type { NotificationTarget } from './notification-target.ts'

/** Encrypts credentials in the database under the master key. */
export interface Cipher {
  encrypt(text: string): Promise<string>
  decrypt(text: string): Promise<string>
  /** Whether the text was encrypted under an older master key. */
  isOld(text: string): boolean
}

const SECRET_BYTES = 32

/** A new signing secret in the format of Standard Webhooks: `whsec_` and base64. */
export const newSigningSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`

export const encryptTarget = (cipher: Cipher, target: NotificationTarget): Promise<string> =>
  cipher.encrypt(JSON.stringify(target))

export const decryptTarget = async (cipher: Cipher, route: NotificationRouteRow): Promise<NotificationTarget> =>
  JSON.parse(await cipher.decrypt(route.targetJwe)) as NotificationTarget

/** The secrets that sign at the time: the current one, and the previous one while it is valid. */
export const signingSecretsOf = async (cipher: Cipher, route: NotificationRouteRow, now: Date): Promise<string[]> => {
  const { signingJwe, previousSigningJwe, previousSigningUntil } = route
  const valid = [signingJwe]
  if (previousSigningUntil !== null && previousSigningUntil > now) valid.push(previousSigningJwe)
  return Promise.all(valid.flatMap((jwe) => (jwe === null ? [] : [cipher.decrypt(jwe)])))
}

/** The encrypted columns of a route under the newest master key; null if they already are. */
export const reencrypted = async (
  cipher: Cipher,
  route: NotificationRouteRow,
): Promise<Partial<NotificationRouteRow> | null> => {
  const { targetJwe, signingJwe, previousSigningJwe } = route
  const stored = [targetJwe, signingJwe, previousSigningJwe].filter((jwe) => jwe !== null)
  if (!stored.some((jwe) => cipher.isOld(jwe))) return null
  const renew = async (jwe: string) => cipher.encrypt(await cipher.decrypt(jwe))
  return {
    targetJwe: await renew(targetJwe),
    signingJwe: signingJwe === null ? null : await renew(signingJwe),
    previousSigningJwe: previousSigningJwe === null ? null : await renew(previousSigningJwe),
  }
}
