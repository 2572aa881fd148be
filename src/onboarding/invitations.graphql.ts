import { causeOf } from '../audit/caller.ts'
import { PersonalAccessKeyRef } from '../keys/keys.graphql.ts'
import type { IssuedKey } from '../keys/lifecycle/create-key.ts'
import type { InvitationRow, UserRow } from '../memberships/member.entity.ts'
import { UserRef } from '../memberships/members.graphql.ts'
import { GrantInputRef, GrantRef, OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf, continueAs } from '../schema-kit/context.ts'
import type { InvitationsService } from './invitations.service.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly invitations: InvitationsService
  }
}

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
      resolve: (invitation, _, context) => context.services.invitations.isAcceptable(callerOf(context), invitation),
    }),
  }),
})

builder.objectField(OrganizationRef, 'invitations', (t) =>
  t.field({
    type: [InvitationRef],
    nullable: true,
    description: 'Invitations that nobody has accepted or taken back, newest first. Needs members:manager.',
    authScopes: ({ id }) => ({ may: { permission: 'manageMembers', in: id } }),
    resolve: ({ id }, _, context) => context.services.invitations.listOpen(callerOf(context), id),
  }),
)

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
const InviteMemberPayload = builder
  .objectRef<{ invitation: InvitationRow; invitationToken: string }>('InviteMemberPayload')
  .implement({
    description: 'The invitation, to be handed to the person.',
    partOfParent: true,
    fields: (t) => ({
      invitationToken: t.exposeString('invitationToken', {
        description: 'What accepts the invitation; shown once.',
      }),
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
      revokedInvitationId: t.exposeID('revokedInvitationId', {
        description: 'Its id.',
      }),
    }),
  })
builder.mutationFields((t) => ({
  inviteMember: t.field({
    type: InviteMemberPayload,
    description: "Invites somebody by e-mail, for seven days. Needs members:manager; grants at most the caller's own.",
    args: { input: t.arg({ type: InviteMemberInput, required: true, description: 'The invitation.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'manageMembers', in: input.organizationId } }),
    resolve: (_, { input }, context) => context.services.invitations.invite(callerOf(context), input),
  }),
  revokeInvitation: t.field({
    type: RevokeInvitationPayload,
    description: 'Takes an invitation back before it is accepted. Needs members:manager.',
    args: { input: t.arg({ type: RevokeInvitationInput, required: true, description: 'The invitation.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => {
      const { id } = await context.services.invitations.revoke(callerOf(context), input.id)
      return { revokedInvitationId: id }
    },
  }),
}))

const AcceptInvitationInput = builder.inputType('AcceptInvitationInput', {
  description: 'An invitation, and what its receiver is called.',
  fields: (t) => ({
    invitationToken: t.string({ required: true, description: 'The whole token that was received.' }),
    name: t.string({ required: true, description: 'What people call the new member: 1 to 100 characters.' }),
  }),
})
const AcceptInvitationPayload = builder
  .objectRef<{ user: UserRow; firstKey: IssuedKey }>('AcceptInvitationPayload')
  .implement({
    description: 'The new member, and their first personal access key.',
    partOfParent: true,
    fields: (t) => ({
      user: t.field({
        type: UserRef,
        description: 'The person.',
        resolve: (payload) => payload.user,
      }),
      personalAccessKey: t.field({
        type: PersonalAccessKeyRef,
        description: 'Their first key.',
        resolve: (payload) => payload.firstKey.key,
      }),
      secret: t.string({
        description: 'Its secret; shown once, here, and never again.',
        resolve: (payload) => payload.firstKey.secret,
      }),
    }),
  })

builder.mutationField('acceptInvitation', (t) =>
  t.field({
    type: AcceptInvitationPayload,
    description:
      'Turns an invitation into a membership, and issues the first key, narrowed to the grants of the invitation. Needs nothing but the invitation token; where the server has an identity provider, also a sign-in there with the invited e-mail address, as bearer.',
    args: { input: t.arg({ type: AcceptInvitationInput, required: true, description: 'The invitation.' }) },
    authScopes: { anyone: true },
    resolve: async (_, { input }, context) => {
      const { services, principal, connection, verifiedEmail } = context
      const joined = await services.invitations.accept(causeOf(principal, connection.origin), input, verifiedEmail)
      continueAs(context, await services.findPrincipal(joined.firstKey.key.id))
      return joined
    },
  }),
)
