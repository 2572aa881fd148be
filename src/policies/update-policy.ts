import type { AccessControl } from '../access/access-control.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { changesOf } from '../audit/events/event-draft.ts'
import { policyUpdated } from '../audit/events/organization-events.ts'
import type { Clock } from '../kernel/clock.ts'
import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import { lockOrganization } from '../organizations/organizations.store.ts'
import type { Database } from '../persistence/database.ts'
import { findNonConforming, type GovernedKeys, governedOrganizations } from './governed-keys.ts'
import { savePolicy } from './policies.store.ts'
import { checkChange, ownPolicyAfter, type PolicyChange } from './policy-change.ts'
import type { PolicyDirectory } from './policy-directory.ts'
import { policyTexts } from './policy-texts.ts'

export interface UpdatePolicyParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly access: AccessControl
  readonly directory: OrganizationDirectory
  readonly policies: PolicyDirectory
  readonly keys: GovernedKeys
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
    await database.writeFor(organizationId, async (writer) => {
      // A concurrent change of another field would otherwise be overwritten with the value read here.
      await lockOrganization(writer, organizationId)
      const before = await policies.effective(writer, organizationId)
      await savePolicy(writer, organizationId, await ownPolicyAfter(writer, organizationId, change))
      const affected = await governedOrganizations(writer, organizationId)
      await keys.makeDue(writer, affected, clock.now())
      const after = await policies.effective(writer, organizationId)
      const changes = changesOf(policyTexts(before), policyTexts(after))
      const draft = policyUpdated(organizationId, {
        changes,
        ...(await findNonConforming(this.parts, writer, affected)),
      })
      await log.append(writer, organizationId, caller.cause, draft)
    })
  }
}
