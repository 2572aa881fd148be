import type { AccessControl } from '../access/access-control.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../kernel/clock.ts'
import type { CreateKey } from '../keys/lifecycle/create-key.ts'
import type { RevokeMemberKeys } from '../keys/lifecycle/revoke-member-keys.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import type { MembershipRules } from '../memberships/membership-rules.ts'
import type { NewMembers } from '../memberships/new-members.ts'
import type { NewOrganizations } from '../organizations/new-organizations.ts'
import type { Database } from '../persistence/database.ts'
import { AcceptInvitation } from './accept-invitation.ts'
import { bootstrap, type FirstStart, type FirstStartInput } from './bootstrap.ts'
import { CreateOrganization } from './create-organization.ts'
import { InvitationsService } from './invitations.service.ts'
import { RemoveMember } from './remove-member.ts'

export interface OnboardingParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly access: AccessControl
  readonly newOrganizations: NewOrganizations
  readonly rules: MembershipRules
  readonly newMembers: NewMembers
  readonly createKey: CreateKey
  readonly revokeMemberKeys: RevokeMemberKeys
  readonly keyFacts: KeyFactsCache
  /** Whether accepting an invitation requires a sign-in at the identity provider. */
  readonly acceptedBySignIn: boolean
}

export interface Onboarding {
  /** Creates the first organization in an empty database; null if the database has one. */
  readonly bootstrap: (input: FirstStartInput) => Promise<FirstStart | null>
  /** What resolvers and routes call. */
  readonly services: {
    readonly createOrganization: CreateOrganization
    readonly invitations: InvitationsService
    readonly acceptInvitation: AcceptInvitation
    readonly removeMember: RemoveMember
  }
}

/** Constructs the use cases that change organizations, memberships and keys together. */
export const createOnboarding = (parts: OnboardingParts): Onboarding => ({
  bootstrap: (input) => bootstrap(parts, input),
  services: {
    createOrganization: new CreateOrganization(parts),
    invitations: new InvitationsService(parts),
    acceptInvitation: new AcceptInvitation(parts),
    removeMember: new RemoveMember(parts),
  },
})
