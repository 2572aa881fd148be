import type { AccessControl } from '../access/access-control.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { changesOf } from '../audit/events/event-draft.ts'
import { policyUpdated } from '../audit/events/organization-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { InputIssues } from '../kernel/errors.ts'
import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import { listDescendants, lockOrganization } from '../organizations/organizations.store.ts'
import type { Database, Reader, Writer } from '../persistence/database.ts'
import { checkPolicy } from './check-policy.ts'
import type { KeyPolicy, OwnPolicy } from './key-policy.ts'
import { findPolicies, savePolicy } from './policies.store.ts'
import type { PolicyDirectory } from './policy-directory.ts'
import { policyTexts } from './policy-texts.ts'

/** The keys that policies apply to. */
export interface GovernedKeys {
  /** Schedules the next sweep of the organizations' keys for now: with another policy their warnings are due at other times. */
  readonly makeDue: (writer: Writer, organizationIds: readonly string[], now: Date) => Promise<void>
  /** At most `limit` of the organization's keys in use that the policy would reject today, and how many there are. */
  readonly listNonConforming: (
    reader: Reader,
    organizationId: string,
    policy: KeyPolicy,
    now: Date,
    limit: number,
  ) => Promise<[readonly { readonly id: string }[], number]>
}

export interface UpdatePolicyParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly access: AccessControl
  readonly directory: OrganizationDirectory
  readonly policies: PolicyDirectory
  readonly keys: GovernedKeys
}

/** A field that is left out keeps its value; null removes a limit, and below a root inherits. */
export type PolicyChange = { readonly [Field in keyof KeyPolicy]?: KeyPolicy[Field] | null | undefined }

const INHERIT_ALL: OwnPolicy = {
  maximumLifetime: null,
  defaultLifetime: null,
  expiryRequired: null,
  warnBefore: null,
  maximumOverlap: null,
  maximumActiveKeys: null,
  accessTokenLifetime: null,
  onRetiredSecretUse: null,
  onLeak: null,
  revokeUnusedAfter: null,
}

/** Fields that a root organization must set: it has no parent to inherit from. */
const REQUIRED_IN_ROOT = [
  'defaultLifetime',
  'expiryRequired',
  'warnBefore',
  'maximumOverlap',
  'accessTokenLifetime',
  'onRetiredSecretUse',
  'onLeak',
] as const satisfies readonly (keyof KeyPolicy)[]

/** Key ids that an event names. Further ones are counted, and found by the filter conformsToPolicy. */
const MAX_EVENT_KEY_IDS = 100

const checkChange = (input: PolicyChange, isRoot: boolean): Partial<OwnPolicy> => {
  const issues = new InputIssues()
  if (isRoot)
    for (const field of REQUIRED_IN_ROOT)
      if (input[field] === null)
        issues.add(`policy.${field}`, 'must be given in a root organization: it has nothing to inherit')
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
  const checked = checkPolicy(issues, 'policy', { ...INHERIT_ALL, ...given })
  issues.throwIfAny()
  return Object.fromEntries(Object.entries(checked).filter(([field]) => field in given))
}

/** Changes the policy of an organization. */
export class UpdatePolicy {
  private readonly parts: UpdatePolicyParts

  constructor(parts: UpdatePolicyParts) {
    this.parts = parts
  }

  /**
   * Changes the policy. Existing keys keep what they have; the event names those that the new policy would reject. Requires
   * keys:manager. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
   */
  async update(caller: Caller, organizationId: string, input: PolicyChange): Promise<void> {
    const { database, access, clock, directory, log, policies, keys } = this.parts
    await access.require(caller.principal, 'managePolicy', organizationId)
    const path = (await directory.findPath(organizationId)) ?? [organizationId]
    const change = checkChange(input, path.length === 1)
    await database.write(async (writer) => {
      // A concurrent change of another field would otherwise be overwritten with the value read here.
      await lockOrganization(writer, organizationId)
      const before = await policies.effective(writer, organizationId)
      const [row] = await findPolicies(writer, [organizationId])
      const { organizationId: _, ...own } = row ?? { organizationId, ...INHERIT_ALL }
      await savePolicy(writer, organizationId, { ...own, ...change })
      const below = await listDescendants(writer, [organizationId])
      const affected = [organizationId, ...below.map((organization) => organization.id)]
      await keys.makeDue(writer, affected, clock.now())
      const after = await policies.effective(writer, organizationId)
      const changes = changesOf(policyTexts(before), policyTexts(after))
      const draft = policyUpdated(organizationId, { changes, ...(await this.findNonConforming(writer, affected)) })
      await log.append(writer, organizationId, caller.cause, draft)
    })
  }

  private async findNonConforming(reader: Reader, organizationIds: readonly string[]) {
    const { keys, policies, clock } = this.parts
    const ids: string[] = []
    let count = 0
    for (const organizationId of organizationIds) {
      const policy = await policies.effective(reader, organizationId)
      const [found, total] = await keys.listNonConforming(
        reader,
        organizationId,
        policy,
        clock.now(),
        MAX_EVENT_KEY_IDS,
      )
      count += total
      ids.push(...found.map((key) => key.id))
    }
    return { nonConformingKeys: count, nonConformingKeyIds: ids.slice(0, MAX_EVENT_KEY_IDS) }
  }
}
