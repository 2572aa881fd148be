import { GrantInputRef } from '../../organizations/grants.graphql.ts'
import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import type { KeyRow } from '../key.entity.ts'
import { KeyRef } from '../keys.graphql.ts'

const UpdateKeyInput = builder.inputType('UpdateKeyInput', {
  description: 'Changes of a key. A field that is omitted keeps its value.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The key.' }),
    name: t.string({ description: 'New name: 1 to 100 characters.' }),
    description: t.string({ description: 'New description; null removes it.' }),
    grants: t.field({ type: [GrantInputRef], description: "All grants from now on: at most the caller's own." }),
    warnBefore: t.field({
      type: ['Duration'],
      description: "New thresholds; null for the policy's, empty for no warnings.",
    }),
    allowedIps: t.stringList({
      description:
        'New CIDR ranges; empty for no restriction. A caller whose key is restricted can only set ranges within its own.',
    }),
    metadata: t.field({ type: 'JSONObject', description: 'New metadata, which replaces the old.' }),
  }),
})

const UpdateKeyPayload = builder.objectRef<{ key: KeyRow }>('UpdateKeyPayload').implement({
  description: 'Result of updateKey.',
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
      "Changes a key. An API key needs `keys:operator`, with grants that cover the key's before and after; a personal one its owner, who presents a secret or a sign-in, never an access token.",
    args: { input: t.arg({ type: UpdateKeyInput, required: true, description: 'The change.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.updateKey.update(callerOf(context), input),
    }),
  }),
}))
