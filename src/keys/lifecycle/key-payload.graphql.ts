import { builder } from '../../schema-kit/builder.ts'
import type { KeyRow } from '../key.entity.ts'
import { KeyRef } from '../keys.graphql.ts'

export const KeyIdInput = builder.inputType('KeyIdInput', {
  description: 'The key to change.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Id of the key.' }) }),
})

export const KeyPayload = builder
  .objectRef<{ key: KeyRow; revokedKeyIds?: readonly string[] }>('KeyPayload')
  .implement({
    description: 'The changed key.',
    partOfParent: true,
    fields: (t) => ({
      key: t.field({
        type: KeyRef,
        description: 'The key after the change.',
        resolve: (payload) => payload.key,
      }),
      revokedKeyIds: t.field({
        type: ['ID'],
        description: 'Ids of the keys that `revokeKey` revoked. Empty for other mutations.',
        resolve: (payload) => [...(payload.revokedKeyIds ?? [])],
      }),
    }),
  })
