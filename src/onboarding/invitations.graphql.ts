import type { InvitationRow } from '../memberships/member.entity.ts'
import { GrantInputRef, GrantRef } from '../organizations/grants.graphql.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { InvitationsService } from './invitations.service.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly invitations: InvitationsService
  }
}

const InvitationRef = builder.objectRef<InvitationRow>('Invitation').implement({
  description: 'An open invitation to join an organization.',
  authScopes: (invitation) => ({ may: { permission: 'manageMembers', in: invitation.organizationId } }),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the invitation.' }),
    email: t.exposeString('email', { description: 'E-mail address of the invited person.' }),
    grants: t.field({
      type: [GrantRef],
      description: 'The grants that the person receives on accepting.',
      resolve: (invitation) => [...invitation.grants],
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the invitation expires, seven days after it was created.',
      resolve: (invitation) => invitation.expiresAt,
    }),
    acceptable: t.boolean({
      description:
        'Whether the invitation can be accepted now. False after it has expired, and while its inviter may no longer give its grants.',
      resolve: (invitation, _, context) => context.services.invitations.isAcceptable(callerOf(context), invitation),
    }),
  }),
})

builder.objectField(OrganizationRef, 'invitations', (t) =>
  t.field({
    type: [InvitationRef],
    nullable: true,
    description: 'Invitations that have been neither accepted nor revoked, newest first. Requires `members:manager`.',
    authScopes: ({ id }) => ({ may: { permission: 'manageMembers', in: id } }),
    resolve: ({ id }, _, context) => context.services.invitations.listOpen(callerOf(context), id),
  }),
)

const InviteMemberInput = builder.inputType('InviteMemberInput', {
  description: 'A new invitation.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'Id of the organization.' }),
    email: t.string({ required: true, description: 'E-mail address of the person.' }),
    grants: t.field({
      type: [GrantInputRef],
      required: true,
      description: 'Grants of the new member, at most 100. The caller must hold each of them.',
    }),
  }),
})
const RevokeInvitationInput = builder.inputType('RevokeInvitationInput', {
  description: 'The invitation to revoke.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the invitation.' }) }),
})
const InviteMemberPayload = builder
  .objectRef<{ invitation: InvitationRow; invitationToken: string }>('InviteMemberPayload')
  .implement({
    description: 'Result of `inviteMember`. Send the token to the person.',
    partOfParent: true,
    fields: (t) => ({
      invitationToken: t.exposeString('invitationToken', {
        description: 'The token that accepts the invitation, `kt_inv_...`. Returned only in this response.',
      }),
      expiresAt: t.field({
        type: 'DateTime',
        description: 'When the invitation expires, seven days after it was created.',
        resolve: ({ invitation }) => invitation.expiresAt,
      }),
      invitation: t.field({
        type: InvitationRef,
        description: 'The created invitation.',
        resolve: (payload) => payload.invitation,
      }),
    }),
  })
const RevokeInvitationPayload = builder
  .objectRef<{ revokedInvitationId: string }>('RevokeInvitationPayload')
  .implement({
    description: 'Result of `revokeInvitation`.',
    partOfParent: true,
    fields: (t) => ({
      revokedInvitationId: t.exposeID('revokedInvitationId', {
        description: 'Id of the revoked invitation.',
      }),
    }),
  })
builder.mutationFields((t) => ({
  inviteMember: t.field({
    type: InviteMemberPayload,
    description:
      "Invites a person to an organization by e-mail address. The invitation expires after seven days and grants at most the caller's own grants. Requires `members:manager`.",
    args: { input: t.arg({ type: InviteMemberInput, required: true, description: 'The invitation.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'manageMembers', in: input.organizationId } }),
    resolve: (_, { input }, context) => context.services.invitations.invite(callerOf(context), input),
  }),
  revokeInvitation: t.field({
    type: RevokeInvitationPayload,
    description: 'Revokes an open invitation. Requires `members:manager`.',
    args: { input: t.arg({ type: RevokeInvitationInput, required: true, description: 'The invitation.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => {
      const { id } = await context.services.invitations.revoke(callerOf(context), input.id)
      return { revokedInvitationId: id }
    },
  }),
}))
