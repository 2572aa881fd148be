import { causeOf } from '../../audit/caller.ts'
import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import { KeyKindRef, RevocationReasonRef } from '../key-enums.graphql.ts'
import { KeyFilterRef } from '../key-listing.graphql.ts'
import { KeyPayload } from './key-payload.graphql.ts'

const RevokeKeyInput = builder.inputType('RevokeKeyInput', {
  description: 'The key to revoke.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the key.' }),
    reason: t.field({ type: RevocationReasonRef, description: 'Why the key is revoked. Default: `UNSPECIFIED`.' }),
    note: t.string({ description: 'Note for the audit log, at most 1,000 characters.' }),
    descendants: t.boolean({
      description:
        'Whether to revoke all its descendants as well: the keys that were created with it, and with those. At most 10,000 keys, all or none. Requires the right to revoke each of them. Default: false.',
    }),
  }),
})

const RevokeKeysInput = builder.inputType('RevokeKeysInput', {
  description: 'The keys to revoke.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'Id of the organization.' }),
    filter: t.field({
      type: KeyFilterRef,
      required: true,
      description: 'Selects the keys to revoke, at most 10,000. Keys that are already revoked are ignored.',
    }),
    kind: t.field({ type: KeyKindRef, description: 'Revokes only keys of this kind. Default: both kinds.' }),
    reason: t.field({ type: RevocationReasonRef, description: 'Why the key is revoked. Default: `UNSPECIFIED`.' }),
    expectedCount: t.int({
      required: true,
      description:
        'Number of keys that the caller expects to revoke. If the filter selects another number, nothing is revoked and the mutation fails with CONFLICT.',
    }),
  }),
})

const RevokeSecretInput = builder.inputType('RevokeSecretInput', {
  description: 'The secret whose key is to be revoked.',
  fields: (t) => ({
    secret: t.string({ required: true, description: 'The complete secret, from its prefix to its last character.' }),
    reason: t.field({ type: RevocationReasonRef, description: 'Why the key is revoked. Default: `COMPROMISED`.' }),
  }),
})

const RevokeKeysPayload = builder.objectRef<{ revokedCount: number }>('RevokeKeysPayload').implement({
  description: 'Result of `revokeKeys`.',
  partOfParent: true,
  fields: (t) => ({
    revokedCount: t.exposeInt('revokedCount', { description: 'Number of revoked keys.' }),
  }),
})

const RevokeSecretPayload = builder.objectRef<{ accepted: boolean }>('RevokeSecretPayload').implement({
  description: 'Result of `revokeSecret`.',
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
      'Revokes a key permanently. For an API key, requires `keys:manager`, or `keys:operator` if the caller created the key. For a personal access key, requires its owner or `keys:manager`. A key can revoke itself.',
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
    description:
      'Revokes the key of a secret. Requires only the secret, so that anyone who finds a leaked secret can revoke it.',
    args: { input: t.arg({ type: RevokeSecretInput, required: true, description: 'The secret.' }) },
    authScopes: { anyone: true },
    resolve: async (_, { input }, { services, principal, connection }) => {
      await services.revokeKey.revokeSecret(causeOf(principal, connection.origin), input.secret, input.reason)
      return { accepted: true }
    },
  }),
}))
