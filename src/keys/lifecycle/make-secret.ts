import { newId } from '../../kernel/ids.ts'
import { hashSecret, hintOf, newSecret } from '../../kernel/secret-text.ts'
import type { KeyRow, KeySecretRow } from '../key.entity.ts'
import type { KeyKind } from '../key.ts'

/** A key and the clear text of its new secret, which is stored nowhere. */
export interface IssuedKey {
  readonly key: KeyRow
  readonly secret: string
}

/**
 * Makes a secret: its clear text, and the row that is stored of it.
 *
 * @param id of the row
 */
export const makeSecret = (
  prefix: string,
  kind: KeyKind,
  keyId: string,
  now: Date,
  id = newId('secret'),
): { secret: string; row: KeySecretRow } => {
  const secret = newSecret(prefix, kind === 'API_KEY' ? 'ak' : 'pk')
  const row: KeySecretRow = {
    id,
    keyId,
    hash: hashSecret(secret),
    hint: hintOf(secret),
    state: 'CURRENT',
    createdAt: now,
    validUntil: null,
    overlapFromFirstUse: null,
    lastUsedAt: null,
  }
  return { secret, row }
}
