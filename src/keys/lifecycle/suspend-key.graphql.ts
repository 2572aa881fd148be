import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import { KeyIdInput, KeyPayload } from './key-payload.graphql.ts'

builder.mutationFields((t) => ({
  suspendKey: t.field({
    type: KeyPayload,
    description:
      'Suspends a key and ends its tokens. Needs the rights of revokeKey. If a manager suspends a key that its owner suspended, only managers can resume it.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.suspendKey.suspend(callerOf(context), input.id),
    }),
  }),
  resumeKey: t.field({
    type: KeyPayload,
    description:
      'Lets a suspended key go on; the tokens from before stay ended. For those who may revoke it; what a manager suspended is for managers to resume.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.suspendKey.resume(callerOf(context), input.id),
    }),
  }),
}))
