import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import { KeyIdInput, KeyPayload } from './key-payload.graphql.ts'

builder.mutationFields((t) => ({
  suspendKey: t.field({
    type: KeyPayload,
    description:
      'Suspends a key and ends its access tokens. Requires the rights of `revokeKey`. If a manager suspends a key that its owner suspended, only managers can resume it.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.suspendKey.suspend(callerOf(context), input.id),
    }),
  }),
  resumeKey: t.field({
    type: KeyPayload,
    description:
      'Resumes a suspended key. Access tokens that were issued before stay invalid. Requires the rights of `revokeKey`; only managers can resume a key that a manager suspended.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.suspendKey.resume(callerOf(context), input.id),
    }),
  }),
}))
