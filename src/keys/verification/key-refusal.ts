import type { Refusal } from '../../access/verification.ts'
import type { UnauthenticatedReason } from '../../kernel/errors.ts'
import type { KeyStatus } from '../key.ts'
import type { KeyFacts } from './key-facts.ts'

/** Why a secret, or a token of its key, is invalid; as the audit log names it. */
export type KeyRefusalReason =
  | 'malformed'
  | 'unknown'
  | 'suspended'
  | 'expired'
  | 'revoked'
  | 'retired'
  | 'address'
  | 'owner-left'

/** The refusal of a credential of a key. */
export interface KeyRefusal extends Refusal {
  /** The key that the credential belongs to; null if it belongs to none. */
  readonly facts: KeyFacts | null
}

/** What the response states. Reasons about a key are only returned for a real secret or token of it. */
const ANSWERS: Readonly<
  Record<KeyRefusalReason, { readonly reason: UnauthenticatedReason; readonly message: string }>
> = {
  malformed: {
    reason: 'MALFORMED',
    message: 'Malformed secret. Check that it is complete and was issued by this server.',
  },
  unknown: { reason: 'UNKNOWN', message: 'Unknown secret. Check that it was issued by this server.' },
  suspended: { reason: 'SUSPENDED', message: 'The key is suspended. Ask someone who manages keys to resume it.' },
  expired: { reason: 'EXPIRED', message: 'The key has expired. Rotate it to make it active again.' },
  revoked: { reason: 'REVOKED', message: 'The key has been revoked. Use another key.' },
  retired: { reason: 'RETIRED', message: 'This secret was replaced by a rotation. Use the new secret.' },
  address: { reason: 'ADDRESS', message: 'The key is restricted to other IP addresses than the one you call from.' },
  'owner-left': { reason: 'REVOKED', message: 'The key has been revoked: its owner has left the organization.' },
}

export const keyRefusal = (why: KeyRefusalReason, facts: KeyFacts | null): KeyRefusal => ({
  valid: false,
  ...ANSWERS[why],
  keyId: facts?.key.id ?? null,
  auditReason: why,
  facts,
})

/** The reason for a key that is not active. */
export const STATUS_REFUSALS: Readonly<Record<Exclude<KeyStatus, 'ACTIVE'>, KeyRefusalReason>> = {
  SUSPENDED: 'suspended',
  EXPIRED: 'expired',
  REVOKED: 'revoked',
}
