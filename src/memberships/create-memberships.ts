import type { AccessControl } from '../access/access-control.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../kernel/clock.ts'
import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import type { Database } from '../persistence/database.ts'
import { IdentityProvider } from './identity-provider.ts'
import { MembersService } from './members.service.ts'
import { MembershipRules } from './membership-rules.ts'
import { NewMembers } from './new-members.ts'

export interface MembershipsParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly access: AccessControl
  readonly directory: OrganizationDirectory
  /** The identity provider whose tokens authenticate members; null if none is configured. */
  readonly oidc: { readonly issuer: string; readonly audience: string } | null
  /** Receives the failures of the identity provider. */
  readonly onProviderFault: (error: unknown) => void
}

export interface Memberships {
  readonly rules: MembershipRules
  readonly newMembers: NewMembers
  readonly members: MembersService
  /** Authenticates members by tokens of the identity provider; null if none is configured. */
  readonly identityProvider: IdentityProvider | null
  /** What resolvers and routes call. */
  readonly services: { readonly members: MembersService }
}

/** Constructs people and their memberships. */
export const createMemberships = (parts: MembershipsParts): Memberships => {
  const { database, clock, log, access, directory, oidc, onProviderFault: onFault } = parts
  const rules = new MembershipRules({ database, access, directory })
  const members = new MembersService({ database, access, directory, log, rules })
  return {
    rules,
    newMembers: new NewMembers(clock, log),
    members,
    identityProvider: oidc === null ? null : new IdentityProvider({ ...oidc, database, clock, onFault }),
    services: { members },
  }
}
