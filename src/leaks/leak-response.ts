import type { KeyRow } from '../keys/key.entity.ts'
import { type SecretState, statusOf } from '../keys/key.ts'
import { suspendedByOwnSide } from '../keys/lifecycle/suspend-key.ts'
import { SECRET_MISUSE_RESPONSES, type SecretMisuseResponse } from '../policies/key-policy.ts'

/**
 * What a leak does to a key: what the policy says, unless the secret can do nothing any more. A retired secret and a secret
 * of a revoked key are recorded alone. So is a secret of an expired key, which a rotation retires before the key is active
 * again, unless the policy revokes.
 */
export const responseTo = (
  key: KeyRow,
  leaked: SecretState,
  policy: SecretMisuseResponse,
  now: Date,
): SecretMisuseResponse => {
  if (leaked === 'RETIRED' || policy === 'RECORD') return 'RECORD'
  switch (statusOf(key, now)) {
    case 'REVOKED':
      return 'RECORD'
    case 'EXPIRED':
      return policy === 'REVOKE' ? 'REVOKE' : 'RECORD'
    case 'SUSPENDED':
      // Who holds the secret can act as the key's own side. After a leak only managers resume the key.
      return policy === 'SUSPEND' && !suspendedByOwnSide(key) ? 'RECORD' : policy
    case 'ACTIVE':
      return policy
  }
}

/** The strongest of several responses. */
export const strongest = (responses: readonly SecretMisuseResponse[]): SecretMisuseResponse =>
  SECRET_MISUSE_RESPONSES.findLast((response) => responses.includes(response)) ?? 'RECORD'
