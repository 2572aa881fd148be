import type { KeyPolicyInput, PolicyFieldsFragment } from '../../generated/graphql.ts'
import { formatDuration } from '../../ui/format-time.ts'

export type PolicyField = keyof KeyPolicyInput
export type Policy = PolicyFieldsFragment

interface FieldText {
  readonly label: string
  readonly hint: string
  readonly kind: 'duration' | 'count' | 'flag' | 'durations' | 'response'
  /** What no value means in a root organization; null where it needs one. */
  readonly none: string | null
}

/** How the form shows each field, in its order. A new field of the schema does not compile without a line here. */
export const POLICY_FIELDS: Readonly<Record<PolicyField, FieldText>> = {
  maximumLifetime: {
    label: 'Longest lifetime',
    hint: 'No new key, and no rotation, may last longer.',
    kind: 'duration',
    none: 'No maximum',
  },
  defaultLifetime: {
    label: 'Usual lifetime',
    hint: 'For keys that are created without one.',
    kind: 'duration',
    none: null,
  },
  expiryRequired: {
    label: 'Every key must expire',
    hint: 'Keys that never expire can no longer be created.',
    kind: 'flag',
    none: null,
  },
  warnBefore: {
    label: 'Warnings before the expiry',
    hint: 'ISO 8601 durations, such as P30D, P7D, PT12H. They apply where they are at most half the lifetime.',
    kind: 'durations',
    none: null,
  },
  escalateWarnings: {
    label: 'Notify owners of ignored warnings',
    hint: 'By e-mail, when a warning comes after one that nobody acknowledged. Applies where there is a notification route.',
    kind: 'flag',
    none: null,
  },
  maximumOverlap: {
    label: 'Longest overlap',
    hint: 'How long an old secret may go on working after a rotation.',
    kind: 'duration',
    none: null,
  },
  maximumActiveKeys: {
    label: 'Most active keys',
    hint: 'Here and in all organizations below, together.',
    kind: 'count',
    none: 'No maximum',
  },
  accessTokenLifetime: {
    label: 'Lifetime of access tokens',
    hint: 'At most one day.',
    kind: 'duration',
    none: null,
  },
  onRetiredSecretUse: {
    label: 'When a retired secret is used',
    hint: 'It is recorded in any case.',
    kind: 'response',
    none: null,
  },
  onLeak: {
    label: 'When a secret is reported as leaked',
    hint: 'It is recorded in any case.',
    kind: 'response',
    none: null,
  },
  revokeUnusedAfter: {
    label: 'Revoke keys that are unused for',
    hint: 'Warnings come before, as for an expiry.',
    kind: 'duration',
    none: 'Never',
  },
}

export const FIELD_NAMES = Object.keys(POLICY_FIELDS) as PolicyField[]

const RESPONSES = { RECORD: 'Record it', SUSPEND: 'Suspend the key', REVOKE: 'Revoke the key' } as const

export const RESPONSE_OPTIONS = Object.entries(RESPONSES).map(([value, label]) => ({
  value: value as keyof typeof RESPONSES,
  label,
}))

/** A value in words. */
export const wordsOf = (field: PolicyField, value: unknown): string => {
  if (value === null || value === undefined) return POLICY_FIELDS[field].none ?? 'Inherited'
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (Array.isArray(value)) return value.length === 0 ? 'None' : value.map(String).map(formatDuration).join(', ')
  if (POLICY_FIELDS[field].kind === 'response') return RESPONSES[value as keyof typeof RESPONSES] ?? String(value)
  return typeof value === 'string' ? formatDuration(value) : String(value)
}

/** The fields of a draft that differ from what holds: nothing else is sent. */
export const changeOf = (policy: Policy, draft: KeyPolicyInput): KeyPolicyInput =>
  Object.fromEntries(
    Object.entries(draft).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(policy[field as PolicyField]),
    ),
  )
