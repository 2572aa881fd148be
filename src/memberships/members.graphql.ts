import { loadOrganization } from '../organizations/context.graphql.ts'
import { GrantInputRef, GrantRef } from '../organizations/grants.graphql.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { createConnection, pagingArgs } from '../schema-kit/connections.ts'
import { callerOf } from '../schema-kit/context.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import { loadUser, mayReadUser } from './context.graphql.ts'
import type { MemberRow, UserRow } from './member.entity.ts'

/** A member as an organization shows it. */
export type SeenMemberRow = MemberRow & {
  readonly inherited: boolean
  /** The organization that shows the member: the member's own or a descendant. Readers of its members may read this one. */
  readonly seenFrom: string
}

export const UserRef = builder.objectRef<UserRow>('User').implement({
  description: 'A person.',
  interfaces: [NodeRef],
  partOfParent: true,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Display name.' }),
    email: t.exposeString('email', {
      nullable: true,
      description: 'E-mail address. Requires `members:viewer` in an organization of the user, or to be the user.',
      authScopes: (user) => ({ rule: mayReadUser(user.id) }),
    }),
  }),
})

registerNode('user', {
  typeOf: () => 'User',
  find: (id, context) => context.services.members.findUser(callerOf(context), id),
})

const MemberRef = builder.objectRef<SeenMemberRow>('Member').implement({
  description: 'The membership of a person in an organization, with its grants.',
  interfaces: [NodeRef],
  authScopes: (member) => ({ may: { permission: 'readMembers', in: member.seenFrom } }),
  fields: (t) => ({
    user: t.field({
      type: UserRef,
      description: 'The person.',
      resolve: (member, _, context) => loadUser(context, member.userId),
    }),
    organization: t.field({
      type: OrganizationRef,
      description:
        'The organization of the membership. Callers who do not belong to it get the organization whose member was read.',
      resolve: async (member, _, context) => {
        const { principal, services } = context
        const seen = principal !== null && (await services.access.sees(principal, member.organizationId))
        return loadOrganization(context, seen ? member.organizationId : member.seenFrom)
      },
    }),
    grants: t.field({
      type: [GrantRef],
      description: 'The grants in the organization and its descendants.',
      resolve: (member) => [...member.grants],
    }),
    inherited: t.exposeBoolean('inherited', {
      description: 'Whether the membership is inherited from an ancestor organization.',
    }),
    joinedAt: t.field({
      type: 'DateTime',
      description: 'When the person joined.',
      resolve: (member) => member.joinedAt,
    }),
  }),
})

registerNode('member', {
  typeOf: () => 'Member',
  find: async (id, context) => {
    const { member, inherited, seenFrom } = await context.services.members.find(callerOf(context), id)
    return { ...member, inherited, seenFrom }
  },
})

const MemberConnectionRef = createConnection('Member', 'members', MemberRef)

builder.objectFields(OrganizationRef, (t) => ({
  members: t.field({
    type: MemberConnectionRef,
    nullable: true,
    description:
      'The members of the organization and its ancestors, in the order of joining. Requires `members:viewer`.',
    args: pagingArgs,
    authScopes: ({ id }) => ({ may: { permission: 'readMembers', in: id } }),
    resolve: async ({ id }, paging, context) => {
      const page = await context.services.members.page(callerOf(context), id, paging)
      return {
        ...page,
        items: page.items.map(({ member, inherited }) => ({ ...member, inherited, seenFrom: id })),
        cursorOf: (member: SeenMemberRow) => page.cursorOf({ member, inherited: member.inherited }),
      }
    },
  }),
}))

const UpdateMemberInput = builder.inputType('UpdateMemberInput', {
  description: 'New grants of a member.',
  fields: (t) => ({
    memberId: t.id({ required: true, description: 'Id of the member.' }),
    grants: t.field({
      type: [GrantInputRef],
      required: true,
      description: 'All grants of the member. Grants that are not listed are withdrawn.',
    }),
  }),
})
const UpdateMemberPayload = builder.objectRef<{ member: SeenMemberRow }>('UpdateMemberPayload').implement({
  description: 'Result of `updateMember`.',
  partOfParent: true,
  fields: (t) => ({
    member: t.field({
      type: MemberRef,
      description: 'The updated member.',
      resolve: (payload) => payload.member,
    }),
  }),
})
builder.mutationFields((t) => ({
  updateMember: t.field({
    type: UpdateMemberPayload,
    description:
      "Replaces the grants of a member. Adds at most the caller's own grants. Requires `members:manager`, and an owner to change an owner.",
    args: { input: t.arg({ type: UpdateMemberInput, required: true, description: 'The new grants.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => {
      const member = await context.services.members.update(callerOf(context), input)
      return { member: { ...member, inherited: false, seenFrom: member.organizationId } }
    },
  }),
}))
