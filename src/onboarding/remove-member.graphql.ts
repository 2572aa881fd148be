import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { RemovedMember, RemoveMember } from './remove-member.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly removeMember: RemoveMember
  }
}

const RemoveMemberInput = builder.inputType('RemoveMemberInput', {
  description: 'The member to remove.',
  fields: (t) => ({ memberId: t.id({ required: true, description: 'Id of the member.' }) }),
})

const RemoveMemberPayload = builder.objectRef<RemovedMember>('RemoveMemberPayload').implement({
  description: 'Result of `removeMember`.',
  partOfParent: true,
  fields: (t) => ({
    removedMemberId: t.exposeID('removedMemberId', { description: 'Id of the removed member.' }),
    revokedKeyIds: t.field({
      type: ['ID'],
      description: 'Ids of the personal access keys that were revoked with the membership.',
      resolve: (payload) => payload.revokedKeyIds,
    }),
    createdApiKeyIds: t.field({
      type: ['ID'],
      description:
        'Ids of the active API keys that the member created in the organization or its descendants, oldest first, at most 10,000. They stay active.',
      resolve: (payload) => payload.createdApiKeyIds,
    }),
  }),
})

builder.mutationField('removeMember', (t) =>
  t.field({
    type: RemoveMemberPayload,
    description:
      'Removes a member, and revokes the personal access keys of the membership. Requires `members:manager`. Only an owner can remove an owner, and the last owner of a root organization cannot be removed.',
    args: { input: t.arg({ type: RemoveMemberInput, required: true, description: 'The member.' }) },
    authScopes: { caller: true },
    resolve: (_, { input }, context) => context.services.removeMember.remove(callerOf(context), input.memberId),
  }),
)
