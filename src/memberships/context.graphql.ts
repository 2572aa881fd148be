import { requiredGrant } from '../access/permissions.ts'
import { createGroupLoader, createRowLoader } from '../schema-kit/loaders.ts'
import type { Rule } from '../schema-kit/scopes.ts'
import type { MembersService } from './members.service.ts'
import { findUsers, listMembershipsOfAll } from './members.store.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly members: MembersService
  }
}

/** Allows the user, and callers who may read the members of an organization that the user belongs to. */
export const mayReadUser = (userId: string): Rule => ({
  decide: (who, { members }) => members.canReadUser(who, userId),
  required: [requiredGrant('readMembers')],
})

export const loadUser = createRowLoader('user', findUsers)
/** The memberships of a user, by user id. */
export const loadMemberships = createGroupLoader(listMembershipsOfAll, (membership) => membership.userId)
