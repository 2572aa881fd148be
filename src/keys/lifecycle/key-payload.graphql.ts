import { builder } from '../../schema-kit/builder.ts'
import type { KeyRow } from '../key.entity.ts'
import { KeyRef } from '../keys.graphql.ts'

export const KeyIdInput = builder.inputType('KeyIdInput', {
  description: 'Which key.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The key.' }) }),
})

export const KeyPayload = builder
  .objectRef<{ key: KeyRow; revokedKeyIds?: readonly string[] }>('KeyPayload')
  .implement({
    description: 'The key that something was done to.',
    partOfParent: true,
    fields: (t) => ({
      key: t.field({
        type: KeyRef,
        description: 'The key, as it is now.',
        resolve: (payload) => payload.key,
      }),
      revokedKeyIds: t.field({
        type: ['ID'],
        description: 'Every key that this call revoked: of revokeKey alone, and empty for other mutations.',
        resolve: (payload) => [...(payload.revokedKeyIds ?? [])],
      }),
    }),
  })
