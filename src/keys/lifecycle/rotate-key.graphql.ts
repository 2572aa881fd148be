import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import { KeyRef } from '../keys.graphql.ts'
import { KeyIdInput, KeyPayload } from './key-payload.graphql.ts'
import type { RotatedKey } from './rotate-key.ts'

const RotateKeyInput = builder.inputType('RotateKeyInput', {
  description:
    'How to replace the secret of a key. Neither expiresAt nor expiresIn means a lifetime as long as the last one.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The key.' }),
    overlap: t.field({
      type: 'Duration',
      description:
        "How long the old secret goes on working; zero retires it at once; PT24H, or the policy's maximum where that is less, where none is given.",
    }),
    overlapFromFirstUse: t.boolean({
      description:
        "Start counting the overlap when the new secret is first used, not now. The old secret stops working at the policy's maximum overlap after the rotation at the latest.",
    }),
    replaceUnconfirmed: t.boolean({
      description:
        'During a rotation whose new secret was never used, because its answer was lost: discard that secret and issue another. The old secret works no longer than the first rotation said. Without a rotation under way, this changes nothing; once the new secret has been used, it is CONFLICT.',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When the key stops working from now on.' }),
    expiresIn: t.field({ type: 'Duration', description: 'How long the key works from now on.' }),
  }),
})

const RotateKeyPayload = builder.objectRef<RotatedKey>('RotateKeyPayload').implement({
  description: 'The key and its new secret.',
  partOfParent: true,
  fields: (t) => ({
    key: t.field({
      type: KeyRef,
      description: 'The key: the same one, with a new secret.',
      resolve: (payload) => payload.key,
    }),
    secret: t.exposeString('secret', { description: 'The new secret; shown once, here, and never again.' }),
    previousSecretValidUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the old secret stops working at the latest. Where the overlap counts from the first use of the new secret, that use can bring it forward.',
      resolve: (payload) => payload.previousSecretValidUntil,
    }),
  }),
})

builder.mutationFields((t) => ({
  rotateKey: t.field({
    type: RotateKeyPayload,
    description:
      "Replaces the secret of a key. An API key needs keys:operator, with grants that cover the key's (who rotates holds the new secret), or the key itself; a personal one its owner, or the key itself. Owner and key itself need the secret, never an access token; a key that rotates itself lives no longer than before.",
    args: { input: t.arg({ type: RotateKeyInput, required: true, description: 'The rotation.' }) },
    authScopes: { caller: true },
    resolve: (_, { input }, context) => context.services.rotateKey.rotate(callerOf(context), input),
  }),
  completeRotation: t.field({
    type: KeyPayload,
    description: 'Retires the old secret of a rotation now. For those who may rotate the key.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.endRotation.complete(callerOf(context), input.id),
    }),
  }),
  cancelRotation: t.field({
    type: KeyPayload,
    description:
      'Goes back to the old secret and drops the new one, while both work. For those who may rotate the key.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.endRotation.cancel(callerOf(context), input.id),
    }),
  }),
}))
