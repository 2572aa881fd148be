import { loadOrganization } from '../organizations/context.graphql.ts'
import { GrantInputRef, GrantRef, OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { createConnection, pagingArgs } from '../schema-kit/connections.ts'
import { callerOf } from '../schema-kit/context.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import { loadUser } from './context.graphql.ts'
import type { MemberRow, UserRow } from './member.entity.ts'

/** A member as seen from an organization. */
export type SeenMemberRow = MemberRow & {
  readonly inherited: boolean
  /** The organization that shows the member: its own, or one below. Who may read the members there may read this one. */
  readonly seenFrom: string
}

export const UserRef = builder.objectRef<UserRow>('User').implement({
  description: 'A person.',
  interfaces: [NodeRef],
  partOfParent: true,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What people call them.' }),
    email: t.exposeString('email', {
      nullable: true,
      description: 'Their e-mail address. Needs members:viewer where they are a member, or to be that user.',
      authScopes: (user) => ({ readsUser: user.id }),
    }),
  }),
})

registerNode('user', {
  typeOf: () => 'User',
  find: (id, context) => context.services.members.findUser(callerOf(context), id),
})

const MemberRef = builder.objectRef<SeenMemberRow>('Member').implement({
  description: 'A person who belongs to an organization, and what they may do there.',
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
        'The organization of which they were made a member; the one that shows them, where the caller does not belong to that.',
      resolve: async (member, _, context) => {
        const { principal, services } = context
        const seen = principal !== null && (await services.access.sees(principal, member.organizationId))
        return loadOrganization(context, seen ? member.organizationId : member.seenFrom)
      },
    }),
    grants: t.field({
      type: [GrantRef],
      description: 'What they may do, there and below.',
      resolve: (member) => [...member.grants],
    }),
    inherited: t.exposeBoolean('inherited', {
      description: 'Whether they belong to the organization shown through one above it.',
    }),
    joinedAt: t.field({
      type: 'DateTime',
      description: 'When they joined.',
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
      'Who belongs to it, itself or through an organization above, in the order of joining. Needs members:viewer.',
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
  description: 'What a member may do from now on.',
  fields: (t) => ({
    memberId: t.id({ required: true, description: 'The member.' }),
    grants: t.field({
      type: [GrantInputRef],
      required: true,
      description: 'All grants; what is not among them is withdrawn.',
    }),
  }),
})
const UpdateMemberPayload = builder.objectRef<{ member: SeenMemberRow }>('UpdateMemberPayload').implement({
  description: 'The member that was changed.',
  partOfParent: true,
  fields: (t) => ({
    member: t.field({
      type: MemberRef,
      description: 'The member, as it is now.',
      resolve: (payload) => payload.member,
    }),
  }),
})
builder.mutationFields((t) => ({
  updateMember: t.field({
    type: UpdateMemberPayload,
    description:
      "Replaces the grants of a member. Needs members:manager; adds at most the caller's own; owners are changed by owners.",
    args: { input: t.arg({ type: UpdateMemberInput, required: true, description: 'The change.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => {
      const member = await context.services.members.update(callerOf(context), input)
      return { member: { ...member, inherited: false, seenFrom: member.organizationId } }
    },
  }),
}))
