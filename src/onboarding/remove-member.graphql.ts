import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { RemovedMember, RemoveMember } from './remove-member.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly removeMember: RemoveMember
  }
}

const RemoveMemberInput = builder.inputType('RemoveMemberInput', {
  description: 'Whose membership to end.',
  fields: (t) => ({ memberId: t.id({ required: true, description: 'The member.' }) }),
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

builder.mutationField('removeMember', (t) =>
  t.field({
    type: RemoveMemberPayload,
    description:
      'Ends a membership, and revokes the personal access keys that it carried. Needs members:manager; owners are removed by owners, and never the last one.',
    args: { input: t.arg({ type: RemoveMemberInput, required: true, description: 'The member.' }) },
    authScopes: { caller: true },
    resolve: (_, { input }, context) => context.services.removeMember.remove(callerOf(context), input.memberId),
  }),
)
