import { statusOf } from '../keys/key.ts'
import { type KeyRefusalReason, STATUS_REFUSALS } from '../keys/verification/key-refusal.ts'
import { type KeyState, lostGroundOf } from '../keys/verification/token-endings.ts'
import type { SessionRow } from './session.entity.ts'
import type { SessionEnd } from './session.ts'

/** Why a key does not support a session any more: for the caller, and for the event. */
export interface LostKey {
  readonly refusal: KeyRefusalReason
  readonly end: SessionEnd
}

const ENDS = {
  REVOKED: 'key-revoked',
  SUSPENDED: 'key-suspended',
  EXPIRED: 'key-expired',
} as const satisfies Record<string, SessionEnd>

/**
 * What a session that was started with a key has lost; null if the key supports it. It follows the rule of access tokens:
 * the key must be active, must not have been suspended since, and the secret that was presented must not be retired.
 */
export const lostKeyOf = (
  { keyEpoch, secretId }: Pick<SessionRow, 'keyEpoch' | 'secretId'>,
  facts: KeyState,
  now: Date,
): LostKey | null => {
  const origin = { key_epoch: keyEpoch ?? -1, key_secret: secretId ?? '' }
  switch (lostGroundOf(facts, origin, now)) {
    case null:
      return null
    case 'status': {
      const status = statusOf(facts.key, now)
      if (status === 'ACTIVE') throw new Error('A key that is active has not lost its status.')
      return { refusal: STATUS_REFUSALS[status], end: ENDS[status] }
    }
    case 'epoch':
      return { refusal: 'suspended', end: 'key-suspended' }
    case 'secret':
      return { refusal: 'retired', end: 'secret-replaced' }
  }
}
