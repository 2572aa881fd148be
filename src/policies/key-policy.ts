import { DAY, type DurationSeconds } from '../kernel/duration.ts'

/** What happens to a key whose secret is misused, mildest first. The misuse is recorded in any case. */
export const SECRET_MISUSE_RESPONSES = ['RECORD', 'SUSPEND', 'REVOKE'] as const
export type SecretMisuseResponse = (typeof SECRET_MISUSE_RESPONSES)[number]

/** The effective rules for an organization's keys: its own and, where they are stricter, those of its ancestors. */
export interface KeyPolicy {
  readonly maximumLifetime: DurationSeconds | null
  readonly defaultLifetime: DurationSeconds
  readonly expiryRequired: boolean
  /** Longest first. */
  readonly warnBefore: readonly DurationSeconds[]
  readonly maximumOverlap: DurationSeconds
  readonly maximumActiveKeys: number | null
  readonly accessTokenLifetime: DurationSeconds
  /** What happens when a secret that a rotation retired is used. */
  readonly onRetiredSecretUse: SecretMisuseResponse
  /** What happens when a secret is reported as leaked. */
  readonly onLeak: SecretMisuseResponse
  readonly revokeUnusedAfter: DurationSeconds | null
  /** Whether the owners are notified of a warning that comes while an earlier one about the key was not acknowledged. */
  readonly escalateWarnings: boolean
}

/** What an organization states itself; null inherits. */
export type OwnPolicy = { readonly [Field in keyof KeyPolicy]: KeyPolicy[Field] | null }

/** The policy of a new root organization. */
export const DEFAULT_POLICY: KeyPolicy = {
  maximumLifetime: null,
  defaultLifetime: 180 * DAY,
  expiryRequired: false,
  warnBefore: [30 * DAY, 14 * DAY, 7 * DAY, 3 * DAY, DAY],
  maximumOverlap: 7 * DAY,
  maximumActiveKeys: null,
  accessTokenLifetime: 3_600,
  onRetiredSecretUse: 'RECORD',
  onLeak: 'SUSPEND',
  revokeUnusedAfter: null,
  escalateWarnings: true,
}

const least = (own: number | null, above: number): number => (own === null ? above : Math.min(own, above))
const leastOrNone = (own: number | null, above: number | null): number | null =>
  above === null ? own : least(own, above)

const severity = (response: SecretMisuseResponse): number => SECRET_MISUSE_RESPONSES.indexOf(response)
const stricter = (own: SecretMisuseResponse | null, above: SecretMisuseResponse): SecretMisuseResponse =>
  own !== null && severity(own) > severity(above) ? own : above

/** The policy below another one: its own value applies where it is stricter, the inherited one otherwise. */
const inheritPolicy = (above: KeyPolicy, own: OwnPolicy): KeyPolicy => {
  const maximumLifetime = leastOrNone(own.maximumLifetime, above.maximumLifetime)
  return {
    maximumLifetime,
    // With a default beyond the maximum, a request that states no lifetime would be rejected.
    defaultLifetime: least(maximumLifetime, least(own.defaultLifetime, above.defaultLifetime)),
    expiryRequired: above.expiryRequired || own.expiryRequired === true,
    // Not a matter of strictness: the organization nearest to the keys decides.
    warnBefore: own.warnBefore ?? above.warnBefore,
    maximumOverlap: least(own.maximumOverlap, above.maximumOverlap),
    maximumActiveKeys: leastOrNone(own.maximumActiveKeys, above.maximumActiveKeys),
    accessTokenLifetime: least(own.accessTokenLifetime, above.accessTokenLifetime),
    onRetiredSecretUse: stricter(own.onRetiredSecretUse, above.onRetiredSecretUse),
    onLeak: stricter(own.onLeak, above.onLeak),
    revokeUnusedAfter: leastOrNone(own.revokeUnusedAfter, above.revokeUnusedAfter),
    escalateWarnings: own.escalateWarnings ?? above.escalateWarnings,
  }
}

// What a root inherits: every value that it states is stricter.
const NOTHING_ABOVE: KeyPolicy = {
  ...DEFAULT_POLICY,
  defaultLifetime: Number.POSITIVE_INFINITY,
  maximumOverlap: Number.POSITIVE_INFINITY,
  accessTokenLifetime: Number.POSITIVE_INFINITY,
  onRetiredSecretUse: 'RECORD',
  onLeak: 'RECORD',
}

/** The effective policy of an organization from its own and those of its ancestors, the root's first. */
export const effectivePolicy = (rootFirst: readonly OwnPolicy[]): KeyPolicy =>
  rootFirst.reduce<KeyPolicy>(inheritPolicy, NOTHING_ABOVE)
