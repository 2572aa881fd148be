import { requiredGrant } from '../access/permissions.ts'
import { createGroupLoader, createRowLoader } from '../schema-kit/loaders.ts'
import { defineScope } from '../schema-kit/scopes.ts'
import type { MembersService } from './members.service.ts'
import { findUsers, listMembershipsOfAll } from './members.store.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly members: MembersService
  }
}

declare module '../schema-kit/scopes.ts' {
  interface AuthScopes {
    /** Open to the user, and to those who read the members of an organization that the user belongs to. */
    readsUser: string
  }
}

defineScope('readsUser', {
  decide: (who, userId, { members }) => members.mayMeet(who, userId),
  required: () => [requiredGrant('readMembers')],
})

export const loadUser = createRowLoader('user', findUsers)
/** The memberships of a user, by the user's id. */
export const loadMemberships = createGroupLoader(listMembershipsOfAll, (membership) => membership.userId)
