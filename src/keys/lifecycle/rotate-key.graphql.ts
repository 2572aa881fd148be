import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import { KeyRef } from '../keys.graphql.ts'
import { KeyIdInput, KeyPayload } from './key-payload.graphql.ts'
import type { RotatedKey } from './rotate-key.ts'

const RotateKeyInput = builder.inputType('RotateKeyInput', {
  description: 'Input of rotateKey. Without expiresAt and expiresIn the new lifetime is as long as the last one.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The key.' }),
    overlap: t.field({
      type: 'Duration',
      description:
        'How long the old secret stays valid; zero retires it at once. Default: PT24H, or the maximum of the policy if that is less.',
    }),
    overlapFromFirstUse: t.boolean({
      description:
        "Start counting the overlap when the new secret is first used, not now. The old secret stops working at the policy's maximum overlap after the rotation at the latest.",
    }),
    replaceUnconfirmed: t.boolean({
      description:
        'If the response of a rotation was lost and its new secret was never used: discard that secret and issue another one. The old secret stays valid no longer than the first rotation stated. Ignored if no rotation is in progress; CONFLICT if the new secret has been used.',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When the key expires.' }),
    expiresIn: t.field({ type: 'Duration', description: 'Lifetime of the key from now.' }),
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
    secret: t.exposeString('secret', { description: 'The new secret. It is returned only here.' }),
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
      'Replaces the secret of a key. An API key needs `keys:operator` and every grant of the key, or the key itself; a personal access key its owner, or the key itself. The owner and the key itself need a credential that is no access token. A key that rotates itself expires no later than before.',
    args: { input: t.arg({ type: RotateKeyInput, required: true, description: 'The rotation.' }) },
    authScopes: { caller: true },
    resolve: (_, { input }, context) => context.services.rotateKey.rotate(callerOf(context), input),
  }),
  completeRotation: t.field({
    type: KeyPayload,
    description: 'Retires the old secret of a rotation now. Requires the rights of rotateKey.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.endRotation.complete(callerOf(context), input.id),
    }),
  }),
  cancelRotation: t.field({
    type: KeyPayload,
    description:
      'Restores the old secret and discards the new one, while both are valid. Requires the rights of rotateKey.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.endRotation.cancel(callerOf(context), input.id),
    }),
  }),
}))
