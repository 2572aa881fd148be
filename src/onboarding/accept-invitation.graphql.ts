import { causeOf } from '../audit/caller.ts'
import { PersonalAccessKeyRef } from '../keys/keys.graphql.ts'
import { UserRef } from '../memberships/members.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { continueAs } from '../schema-kit/context.ts'
import type { AcceptInvitation, Joined } from './accept-invitation.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly acceptInvitation: AcceptInvitation
  }
}

const AcceptInvitationInput = builder.inputType('AcceptInvitationInput', {
  description: 'An invitation token and the name of the new member.',
  fields: (t) => ({
    invitationToken: t.string({
      required: true,
      description: 'The complete invitation token, which starts with `kt_inv_`.',
    }),
    name: t.string({ required: true, description: 'Display name of the new member, 1 to 100 characters.' }),
  }),
})
const AcceptInvitationPayload = builder.objectRef<Joined>('AcceptInvitationPayload').implement({
  description: 'Result of `acceptInvitation`.',
  partOfParent: true,
  fields: (t) => ({
    user: t.field({
      type: UserRef,
      description: 'The new member.',
      resolve: (payload) => payload.user,
    }),
    personalAccessKey: t.field({
      type: PersonalAccessKeyRef,
      description: 'The first personal access key of the new member.',
      resolve: (payload) => payload.firstKey.key,
    }),
    secret: t.string({
      description: 'The secret of the key. Returned only in this response.',
      resolve: (payload) => payload.firstKey.secret,
    }),
  }),
})

builder.mutationField('acceptInvitation', (t) =>
  t.field({
    type: AcceptInvitationPayload,
    description:
      'Accepts an invitation: creates the membership, and issues a personal access key that is restricted to the grants of the invitation. Requires only the invitation token. If the server has an identity provider, it also requires a bearer token of a sign-in with the invited e-mail address.',
    args: { input: t.arg({ type: AcceptInvitationInput, required: true, description: 'The invitation.' }) },
    authScopes: { anyone: true },
    resolve: async (_, { input }, context) => {
      const { services, principal, connection, verifiedEmail } = context
      const joined = await services.acceptInvitation.accept(causeOf(principal, connection.origin), input, verifiedEmail)
      continueAs(context, await services.findPrincipal(joined.firstKey.key.id))
      return joined
    },
  }),
)
