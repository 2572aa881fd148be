import { causeOf } from '../../audit/caller.ts'
import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import { KeyKindRef, RevocationReasonRef } from '../key-enums.graphql.ts'
import { KeyFilterRef } from '../key-listing.graphql.ts'
import { KeyPayload } from './key-payload.graphql.ts'

const RevokeKeyInput = builder.inputType('RevokeKeyInput', {
  description: 'Input of revokeKey.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The key.' }),
    reason: t.field({ type: RevocationReasonRef, description: 'Reason. Default: UNSPECIFIED.' }),
    note: t.string({ description: 'Note for the audit log; at most 1,000 characters.' }),
    descendants: t.boolean({
      description:
        'Also revoke all its descendants: the keys that were created with it, and with those. At most 10,000, all or none. Requires the right to revoke each of them.',
    }),
  }),
})

const RevokeKeysInput = builder.inputType('RevokeKeysInput', {
  description: 'Input of revokeKeys.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'The organization.' }),
    filter: t.field({
      type: KeyFilterRef,
      required: true,
      description: 'The keys to revoke. Revoked keys are ignored.',
    }),
    kind: t.field({ type: KeyKindRef, description: 'Only keys of this kind.' }),
    reason: t.field({ type: RevocationReasonRef, description: 'Reason. Default: UNSPECIFIED.' }),
    expectedCount: t.int({
      required: true,
      description:
        'Expected number of keys to revoke. With another number nothing is revoked and the error is CONFLICT.',
    }),
  }),
})

const RevokeSecretInput = builder.inputType('RevokeSecretInput', {
  description: 'Input of revokeSecret.',
  fields: (t) => ({
    secret: t.string({ required: true, description: 'The complete secret.' }),
    reason: t.field({ type: RevocationReasonRef, description: 'Reason. Default: COMPROMISED.' }),
  }),
})

const RevokeKeysPayload = builder.objectRef<{ revokedCount: number }>('RevokeKeysPayload').implement({
  description: 'Result of revokeKeys.',
  partOfParent: true,
  fields: (t) => ({
    revokedCount: t.exposeInt('revokedCount', { description: 'Number of revoked keys.' }),
  }),
})

const RevokeSecretPayload = builder.objectRef<{ accepted: boolean }>('RevokeSecretPayload').implement({
  description: 'Result of revokeSecret.',
  partOfParent: true,
  fields: (t) => ({
    accepted: t.exposeBoolean('accepted', {
      description: 'True for every well-formed secret, known or not, so that the response reveals nothing.',
    }),
  }),
})

builder.mutationFields((t) => ({
  revokeKey: t.field({
    type: KeyPayload,
    description:
      'Revokes a key permanently. An API key needs `keys:operator` for keys that the caller created, `keys:manager` for others, or the key itself; a personal access key its owner, `keys:manager`, or the key itself.',
    args: { input: t.arg({ type: RevokeKeyInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: (_, { input }, context) => context.services.revokeKey.revoke(callerOf(context), input),
  }),
  revokeKeys: t.field({
    type: RevokeKeysPayload,
    description: 'Revokes all keys that the filter selects, or none. Requires `keys:manager`.',
    args: { input: t.arg({ type: RevokeKeysInput, required: true, description: 'The keys.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'manageKeys', in: input.organizationId } }),
    resolve: async (_, { input }, context) => ({
      revokedCount: await context.services.revokeKeys.revoke(callerOf(context), input),
    }),
  }),
  revokeSecret: t.field({
    type: RevokeSecretPayload,
    description: 'Revokes the key of a secret. Requires only the secret, so that anyone who finds one can revoke it.',
    args: { input: t.arg({ type: RevokeSecretInput, required: true, description: 'The secret.' }) },
    authScopes: { anyone: true },
    resolve: async (_, { input }, { services, principal, connection }) => {
      await services.revokeKey.revokeSecret(causeOf(principal, connection.origin), input.secret, input.reason)
      return { accepted: true }
    },
  }),
}))
