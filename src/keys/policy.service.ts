import type { Caller } from '../audit/caller.ts'
import { changesOf } from '../audit/events/event-draft.ts'
import { policyUpdated } from '../audit/events/organization-events.ts'
import { InputIssues } from '../kernel/errors.ts'
import { checkPolicy, type KeyPolicy, type OwnPolicy, policyTexts } from '../organizations/key-policy.ts'
import { findPolicies, listDescendants, lockOrganization, savePolicy } from '../organizations/organizations.store.ts'
import type { Reader } from '../persistence/database.ts'
import { listNonConforming } from './key-listing.store.ts'
import { makeDue } from './keys.store.ts'
import type { KeyParts } from './lifecycle/create-key.ts'

/** Fields that are left out stay; null takes a limit away, and below a root inherits. */
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

/** What a root must say itself, having nothing above it to inherit from. */
const NEEDED_IN_ROOT = [
  'defaultLifetime',
  'expiryRequired',
  'warnBefore',
  'maximumOverlap',
  'accessTokenLifetime',
  'onRetiredSecretUse',
  'onLeak',
] as const satisfies readonly (keyof KeyPolicy)[]

/** Key ids that an event names; more are counted, and found by the filter conformsToPolicy. */
const MOST_IDS = 100

/** The rules for an organization's keys. */
export class PolicyService {
  private readonly parts: KeyParts

  constructor(parts: KeyParts) {
    this.parts = parts
  }

  /**
   * Changes the policy. Keys that are in use go on as they are; the event names those that a new key could not be like.
   * Needs keys:manager. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
   */
  async update(caller: Caller, organizationId: string, input: PolicyChange): Promise<void> {
    const { database, access, clock, directory, log } = this.parts
    await access.require(caller.principal, 'managePolicy', organizationId)
    const path = (await directory.findPath(organizationId)) ?? [organizationId]
    const issues = new InputIssues()
    if (path.length === 1)
      for (const field of NEEDED_IN_ROOT)
        if (input[field] === null)
          issues.add(`policy.${field}`, 'must be given in a root organization: it has nothing to inherit')
    const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))
    const checked = checkPolicy(issues, 'policy', { ...INHERIT_ALL, ...given })
    issues.throwIfAny()
    const change = Object.fromEntries(Object.keys(given).map((field) => [field, checked[field as keyof KeyPolicy]]))
    await database.write(async (writer) => {
      // Whoever changes another field at the same time waits, or the policy that they read would be saved over this one.
      await lockOrganization(writer, organizationId)
      const before = await directory.policyOf(writer, organizationId)
      const [row] = await findPolicies(writer, [organizationId])
      const { organizationId: _, ...own } = row ?? { organizationId, ...INHERIT_ALL }
      await savePolicy(writer, organizationId, { ...own, ...change })
      const below = await listDescendants(writer, [organizationId])
      const affected = [organizationId, ...below.map((organization) => organization.id)]
      await makeDue(writer, affected, clock.now())
      const after = await directory.policyOf(writer, organizationId)
      const changes = changesOf(policyTexts(before), policyTexts(after))
      const draft = policyUpdated(organizationId, { changes, ...(await this.nonConforming(writer, affected)) })
      await log.append(writer, organizationId, caller.cause, draft)
    })
  }

  private async nonConforming(reader: Reader, organizationIds: readonly string[]) {
    const ids: string[] = []
    let count = 0
    for (const organizationId of organizationIds) {
      const rule = await this.parts.directory.policyOf(reader, organizationId)
      const [keys, found] = await listNonConforming(reader, organizationId, rule, this.parts.clock.now(), MOST_IDS)
      count += found
      ids.push(...keys.map((key) => key.id))
    }
    return { nonConformingKeys: count, nonConformingKeyIds: ids.slice(0, MOST_IDS) }
  }
}
