import { causeOf } from '../../audit/caller.ts'
import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import { KeyKindRef, RevocationReasonRef } from '../key-enums.graphql.ts'
import { KeyFilterRef } from '../key-listing.graphql.ts'
import { KeyPayload } from './key-payload.graphql.ts'

const RevokeKeyInput = builder.inputType('RevokeKeyInput', {
  description: 'Which key to end, and why.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The key.' }),
    reason: t.field({ type: RevocationReasonRef, description: 'Why; UNSPECIFIED where none is given.' }),
    note: t.string({ description: 'More about it, for the history: at most 1,000 characters.' }),
    descendants: t.boolean({
      description:
        'Also revoke every key that was created with it, by its secret or a token, and with those: at most 10,000, all or none. Needs the right to revoke each of them.',
    }),
  }),
})

const RevokeKeysInput = builder.inputType('RevokeKeysInput', {
  description: 'Which keys to end, and how many the caller expects them to be.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'The organization.' }),
    filter: t.field({
      type: KeyFilterRef,
      required: true,
      description: 'Which of its keys; those revoked already do not count.',
    }),
    kind: t.field({ type: KeyKindRef, description: 'Keys of this kind alone.' }),
    reason: t.field({ type: RevocationReasonRef, description: 'Why; UNSPECIFIED where none is given.' }),
    expectedCount: t.int({
      required: true,
      description:
        'Must equal the number of keys that it would revoke, or nothing is revoked and the error is CONFLICT.',
    }),
  }),
})

const RevokeSecretInput = builder.inputType('RevokeSecretInput', {
  description: 'A secret that somebody found.',
  fields: (t) => ({
    secret: t.string({ required: true, description: 'The whole secret.' }),
    reason: t.field({ type: RevocationReasonRef, description: 'Why; COMPROMISED where none is given.' }),
  }),
})

const RevokeKeysPayload = builder.objectRef<{ revokedCount: number }>('RevokeKeysPayload').implement({
  description: 'How many keys were revoked.',
  partOfParent: true,
  fields: (t) => ({
    revokedCount: t.exposeInt('revokedCount', { description: 'Their number.' }),
  }),
})

const RevokeSecretPayload = builder.objectRef<{ accepted: boolean }>('RevokeSecretPayload').implement({
  description: 'That the report was taken.',
  partOfParent: true,
  fields: (t) => ({
    accepted: t.exposeBoolean('accepted', {
      description: 'True for any well-formed secret, known or not, so that nothing is learnt from it.',
    }),
  }),
})

builder.mutationFields((t) => ({
  revokeKey: t.field({
    type: KeyPayload,
    description:
      "Ends a key for good. API key: keys:operator for one's own, keys:manager for others', or the key itself; personal: its owner, keys:manager, or the key itself.",
    args: { input: t.arg({ type: RevokeKeyInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: (_, { input }, context) => context.services.revokeKey.revoke(callerOf(context), input),
  }),
  revokeKeys: t.field({
    type: RevokeKeysPayload,
    description: 'Ends all keys that a filter finds, or none. Needs keys:manager.',
    args: { input: t.arg({ type: RevokeKeysInput, required: true, description: 'The keys.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'manageKeys', in: input.organizationId } }),
    resolve: async (_, { input }, context) => ({
      revokedCount: await context.services.revokeKey.revokeMany(callerOf(context), input),
    }),
  }),
  revokeSecret: t.field({
    type: RevokeSecretPayload,
    description: 'Ends the key of a secret. Needs nothing but the secret: whoever found it may end it.',
    args: { input: t.arg({ type: RevokeSecretInput, required: true, description: 'The secret.' }) },
    authScopes: { anyone: true },
    resolve: async (_, { input }, { services, principal, connection }) => {
      await services.revokeKey.revokeSecret(causeOf(principal, connection.origin), input.secret, input.reason)
      return { accepted: true }
    },
  }),
}))
