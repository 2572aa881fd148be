import { loadOrganization } from '../organizations/context.graphql.ts'
import { GrantInputRef, GrantRef, OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { createConnection, pagingArgs } from '../schema-kit/connections.ts'
import { callerOf } from '../schema-kit/context.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import { loadUser } from './context.graphql.ts'
import type { InvitationRow, MemberRow, UserRow } from './member.entity.ts'
import type { RemovedMember } from './members.service.ts'

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

const InvitationRef = builder.objectRef<InvitationRow>('Invitation').implement({
  description: 'An invitation that nobody has accepted yet.',
  authScopes: (invitation) => ({ may: { permission: 'manageMembers', in: invitation.organizationId } }),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Which invitation.' }),
    email: t.exposeString('email', { description: 'Who was invited.' }),
    grants: t.field({
      type: [GrantRef],
      description: 'What they will be allowed to do.',
      resolve: (invitation) => [...invitation.grants],
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'Until when it can be accepted.',
      resolve: (invitation) => invitation.expiresAt,
    }),
    acceptable: t.boolean({
      description:
        'Whether accepting it works now: false after it expired, and once its inviter may no longer give its grants.',
      resolve: (invitation, _, context) => context.services.members.isAcceptable(callerOf(context), invitation),
    }),
  }),
})

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
  invitations: t.field({
    type: [InvitationRef],
    nullable: true,
    description: 'Invitations that nobody has accepted or taken back, newest first. Needs members:manager.',
    authScopes: ({ id }) => ({ may: { permission: 'manageMembers', in: id } }),
    resolve: ({ id }, _, context) => context.services.members.listOpenInvitations(callerOf(context), id),
  }),
}))

const InviteMemberInput = builder.inputType('InviteMemberInput', {
  description: 'Whom to invite, and to what.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'The organization.' }),
    email: t.string({ required: true, description: 'Their e-mail address.' }),
    grants: t.field({ type: [GrantInputRef], required: true, description: "At most the caller's own." }),
  }),
})
const RevokeInvitationInput = builder.inputType('RevokeInvitationInput', {
  description: 'Which invitation to take back.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the invitation.' }) }),
})
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
const RemoveMemberInput = builder.inputType('RemoveMemberInput', {
  description: 'Whose membership to end.',
  fields: (t) => ({ memberId: t.id({ required: true, description: 'The member.' }) }),
})

const InviteMemberPayload = builder
  .objectRef<{ invitation: InvitationRow; invitationToken: string }>('InviteMemberPayload')
  .implement({
    description: 'The invitation, to be handed to the person.',
    partOfParent: true,
    fields: (t) => ({
      invitationToken: t.exposeString('invitationToken', { description: 'What accepts the invitation; shown once.' }),
      expiresAt: t.field({
        type: 'DateTime',
        description: 'Until when it can be accepted.',
        resolve: ({ invitation }) => invitation.expiresAt,
      }),
      invitation: t.field({
        type: InvitationRef,
        description: 'The invitation, without its token.',
        resolve: (payload) => payload.invitation,
      }),
    }),
  })
const RevokeInvitationPayload = builder
  .objectRef<{ revokedInvitationId: string }>('RevokeInvitationPayload')
  .implement({
    description: 'The invitation that was taken back.',
    partOfParent: true,
    fields: (t) => ({
      revokedInvitationId: t.exposeID('revokedInvitationId', { description: 'Its id.' }),
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
const RemoveMemberPayload = builder.objectRef<RemovedMember>('RemoveMemberPayload').implement({
  description: 'The membership that was ended.',
  partOfParent: true,
  fields: (t) => ({
    removedMemberId: t.exposeID('removedMemberId', { description: 'Its id.' }),
    revokedKeyIds: t.field({
      type: ['ID'],
      description: 'The personal access keys that were revoked with it.',
      resolve: (payload) => payload.revokedKeyIds,
    }),
    createdApiKeyIds: t.field({
      type: ['ID'],
      description:
        'The active API keys that the member created in the organization or below, at most 10,000, oldest first. They stay active.',
      resolve: (payload) => payload.createdApiKeyIds,
    }),
  }),
})

builder.mutationFields((t) => ({
  inviteMember: t.field({
    type: InviteMemberPayload,
    description: "Invites somebody by e-mail, for seven days. Needs members:manager; grants at most the caller's own.",
    args: { input: t.arg({ type: InviteMemberInput, required: true, description: 'The invitation.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'manageMembers', in: input.organizationId } }),
    resolve: (_, { input }, context) => context.services.members.invite(callerOf(context), input),
  }),
  revokeInvitation: t.field({
    type: RevokeInvitationPayload,
    description: 'Takes an invitation back before it is accepted. Needs members:manager.',
    args: { input: t.arg({ type: RevokeInvitationInput, required: true, description: 'The invitation.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => {
      const { id } = await context.services.members.revokeInvitation(callerOf(context), input.id)
      return { revokedInvitationId: id }
    },
  }),
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
  removeMember: t.field({
    type: RemoveMemberPayload,
    description:
      'Ends a membership, and revokes the personal access keys that it carried. Needs members:manager; owners are removed by owners, and never the last one.',
    args: { input: t.arg({ type: RemoveMemberInput, required: true, description: 'The member.' }) },
    authScopes: { caller: true },
    resolve: (_, { input }, context) => context.services.members.remove(callerOf(context), input.memberId),
  }),
}))
