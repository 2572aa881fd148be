import type { Role } from '../kernel/grants.ts'
import type { KeyPolicy } from '../policies/key-policy.ts'
import type { KeyKind, KeyStatus } from './key.ts'

export interface KeyFilter {
  /** Part of the name, the description or the hint of a secret, or a complete id. */
  readonly search?: string | null | undefined
  /** Include the keys of sub-organizations. */
  readonly includeSuborganizations?: boolean | null | undefined
  /** Only these keys. */
  readonly ids?: readonly string[] | null | undefined
  readonly status?: readonly KeyStatus[] | null | undefined
  readonly projectId?: string | null | undefined
  /** Keys with a role in the module, by name or by `*`. A personal key counts only if its owner still has that grant. */
  readonly module?: string | null | undefined
  /** Keys with at least the role, in `module` or else in any module. */
  readonly role?: Role | null | undefined
  readonly createdById?: string | null | undefined
  readonly createdAfter?: Date | null | undefined
  readonly createdBefore?: Date | null | undefined
  readonly expiringBefore?: Date | null | undefined
  readonly neverExpires?: boolean | null | undefined
  /** Keys whose last use, or creation if they were never used, is before. */
  readonly unusedSince?: Date | null | undefined
  /** Keys whose lifetime the policy allows today (true), or does not (false). */
  readonly conformsToPolicy?: boolean | null | undefined
}

/** The part of a policy that restricts lifetimes. */
export type LifetimeRule = Pick<KeyPolicy, 'maximumLifetime' | 'expiryRequired'>

/** A rule, and the organizations that it applies to. */
export interface ScopedRule {
  readonly organizationIds: readonly string[]
  readonly rule: LifetimeRule
}

/** The keys that a list is about, before its filter. */
export interface KeyScope {
  /** The organizations whose keys are listed: one, or one with all its descendants. */
  readonly organizationIds: readonly string[]
  readonly kind?: KeyKind | undefined
  /** The first organization and its ancestors: the grants of their members apply in all of them. */
  readonly path: readonly string[]
  /** The lifetime rules of the organizations. Only the filter `conformsToPolicy` needs them. */
  readonly rules: readonly ScopedRule[]
}
