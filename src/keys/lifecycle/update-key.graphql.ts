import { GrantInputRef } from '../../organizations/grants.graphql.ts'
import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import type { KeyRow } from '../key.entity.ts'
import { KeyRef } from '../keys.graphql.ts'

const UpdateKeyInput = builder.inputType('UpdateKeyInput', {
  description: 'Changes of a key. An omitted field keeps its value.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the key.' }),
    name: t.string({ description: 'New display name, 1 to 100 characters.' }),
    description: t.string({ description: 'New description, at most 1,000 characters. Null removes it.' }),
    grants: t.field({
      type: [GrantInputRef],
      description:
        'All grants of the key from now on, at most 100. Grants that are not listed are withdrawn. The caller must hold each of them.',
    }),
    warnBefore: t.field({
      type: ['Duration'],
      description:
        'How long before the expiry to warn: at most 10 durations. Null restores the thresholds of the policy; an empty list disables warnings.',
    }),
    allowedIps: t.stringList({
      description:
        'CIDR ranges that the key may be used from, at most 100. An empty list removes the restriction. They must lie within the ranges of the key that the caller uses.',
    }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'New metadata, at most 8 KiB as JSON. Replaces the old metadata.',
    }),
  }),
})

const UpdateKeyPayload = builder.objectRef<{ key: KeyRow }>('UpdateKeyPayload').implement({
  description: 'Result of `updateKey`.',
  partOfParent: true,
  fields: (t) => ({
    key: t.field({
      type: KeyRef,
      description: 'The key after the change.',
      resolve: (payload) => payload.key,
    }),
  }),
})

builder.mutationFields((t) => ({
  updateKey: t.field({
    type: UpdateKeyPayload,
    description:
      'Changes a key. For an API key, requires `keys:operator` and every grant that the key has before and after. For a personal access key, requires its owner; access tokens are rejected.',
    args: { input: t.arg({ type: UpdateKeyInput, required: true, description: 'The change.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.updateKey.update(callerOf(context), input),
    }),
  }),
}))
