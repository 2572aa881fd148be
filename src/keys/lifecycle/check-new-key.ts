import type { Principal } from '../../access/principal.ts'
import type { JsonObject } from '../../audit-chain/canonical-json.ts'
import type { DurationSeconds } from '../../kernel/duration.ts'
import type { InputIssues } from '../../kernel/errors.ts'
import { checkDescription, checkName } from '../../kernel/text.ts'
import type { KeyPolicy } from '../../policies/key-policy.ts'
import { rangesOfNew } from '../descent.ts'
import { lifetimeOf } from '../key.ts'
import type { KeyDraft } from './insert-keys.ts'
import { checkMetadata, checkOwnThresholds, checkRanges } from './key-input.ts'
import { decideExpiry, type ExpiryBound, type WantedExpiry } from './lifetime.ts'

/** What the inputs of both kinds of keys have in common. */
export interface NewKeyInput extends WantedExpiry {
  readonly organizationId: string
  readonly name: string
  readonly description?: string | null | undefined
  /** Seconds before the expiry. Default: those of the policy. */
  readonly warnBefore?: readonly DurationSeconds[] | null | undefined
  readonly allowedIps?: readonly string[] | null | undefined
  readonly metadata?: JsonObject | null | undefined
}

/** The part of a draft that is the same for both kinds of keys. */
export type CommonDraft = Omit<KeyDraft, 'kind' | 'projectId' | 'ownerId' | 'grants'>

/** Validates an input. Adds an issue for each invalid field. Throws BAD_USER_INPUT, POLICY_VIOLATION. */
export const checkNewKey = (
  principal: Principal,
  issues: InputIssues,
  input: NewKeyInput,
  policy: KeyPolicy,
  expiryBound: ExpiryBound | null,
  now: Date,
): CommonDraft => {
  const name = checkName(issues, 'name', input.name)
  const description = checkDescription(issues, 'description', input.description)
  const ranges = checkRanges(issues, 'allowedIps', input.allowedIps ?? [])
  const metadata = checkMetadata(issues, 'metadata', input.metadata ?? {})
  issues.throwIfAny()
  const allowedIps = rangesOfNew(principal, ranges)
  const expiresAt = decideExpiry(input, policy, now, policy.defaultLifetime, expiryBound)
  const lifetime = lifetimeOf({ expiresAt, lifetimeFrom: now })
  const warnBefore =
    input.warnBefore == null ? null : checkOwnThresholds(issues, 'warnBefore', input.warnBefore, lifetime)
  issues.throwIfAny()
  return {
    organizationId: input.organizationId,
    name,
    description,
    allowedIps,
    metadata,
    expiry: { expiresAt: input.expiresAt, expiresIn: input.expiresIn, neverExpires: input.neverExpires },
    warnBefore,
    createdWithKeyId: principal.credential.keyId,
    expiryBound,
  }
}
