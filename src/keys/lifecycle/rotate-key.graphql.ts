import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import { KeyRef } from '../keys.graphql.ts'
import { KeyIdInput, KeyPayload } from './key-payload.graphql.ts'
import type { RotatedKey } from './rotate-key.ts'

const RotateKeyInput = builder.inputType('RotateKeyInput', {
  description:
    'The rotation of a key. Set at most one of `expiresAt` and `expiresIn`. Default: the new lifetime is as long as the last one.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the key.' }),
    overlap: t.field({
      type: 'Duration',
      description:
        'How long the old secret stays valid. `PT0S` retires it at once. Default: `PT24H`, or the maximum overlap of the policy if that is shorter.',
    }),
    overlapFromFirstUse: t.boolean({
      description:
        "Start counting the overlap when the new secret is first used, not now. The old secret stops working at the policy's maximum overlap after the rotation at the latest.",
    }),
    replaceUnconfirmed: t.boolean({
      description:
        'Whether to discard the new secret of a rotation whose response was lost, and issue another one. The old secret stays valid no longer than the first rotation stated. Ignored if no rotation is in progress; fails with CONFLICT if the new secret was used. Default: false.',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When the key expires. Must be in the future.' }),
    expiresIn: t.field({ type: 'Duration', description: 'Lifetime of the key from the rotation on, such as `P90D`.' }),
  }),
})

const RotateKeyPayload = builder.objectRef<RotatedKey>('RotateKeyPayload').implement({
  description: 'The key and its new secret.',
  partOfParent: true,
  fields: (t) => ({
    key: t.field({
      type: KeyRef,
      description: 'The key with its new secret.',
      resolve: (payload) => payload.key,
    }),
    secret: t.exposeString('secret', { description: 'The new secret of the key. Returned only in this response.' }),
    previousSecretValidUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Latest end of the overlap. If the overlap starts at the first use of the new secret, it can end earlier.',
      resolve: (payload) => payload.previousSecretValidUntil,
    }),
  }),
})

builder.mutationFields((t) => ({
  rotateKey: t.field({
    type: RotateKeyPayload,
    description:
      'Replaces the secret of a key; the old secret stays valid during the overlap. For an API key, requires `keys:operator` and every grant of the key. For a personal access key, requires its owner. A key can rotate itself, but then expires no later than before. As owner or as the key itself, access tokens are rejected.',
    args: { input: t.arg({ type: RotateKeyInput, required: true, description: 'The rotation.' }) },
    authScopes: { caller: true },
    resolve: (_, { input }, context) => context.services.rotateKey.rotate(callerOf(context), input),
  }),
  completeRotation: t.field({
    type: KeyPayload,
    description: 'Ends a rotation now: retires the old secret. Requires the rights of `rotateKey`.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.endRotation.complete(callerOf(context), input.id),
    }),
  }),
  cancelRotation: t.field({
    type: KeyPayload,
    description:
      'Cancels a rotation during its overlap: restores the old secret and discards the new one. Requires the rights of `rotateKey`.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.endRotation.cancel(callerOf(context), input.id),
    }),
  }),
}))
