import { causeOf } from '../../audit/caller.ts'
import { GrantInputRef } from '../../organizations/grants.graphql.ts'
import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import type { KeyRow } from '../key.entity.ts'
import {
  ApiKeyRef,
  KeyFilterRef,
  KeyKindRef,
  KeyRef,
  PersonalAccessKeyRef,
  RevocationReasonRef,
} from '../keys.graphql.ts'
import type { IssuedKey } from './create-key.ts'
import type { RotatedKey } from './rotate-key.ts'

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description:
    "A new API key. At most one of expiresAt, expiresIn and neverExpires; none of them means the policy's default lifetime.",
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'The organization that it belongs to.' }),
    projectId: t.id({ description: 'The project that owns it, where one does.' }),
    name: t.string({
      required: true,
      description: "What people call it: 1 to 100 characters, unique among the organization's active API keys.",
    }),
    description: t.string({ description: 'What it is for: at most 1,000 characters.' }),
    grants: t.field({
      type: [GrantInputRef],
      required: true,
      description: "What it carries: at most the caller's own grants.",
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it stops working.' }),
    expiresIn: t.field({ type: 'Duration', description: 'How long it works.' }),
    neverExpires: t.boolean({ description: 'That it works until it is revoked.' }),
    warnBefore: t.field({
      type: ['Duration'],
      description:
        "How long before its expiry to warn, each shorter than its life. None given: the policy's, as far as they fit; empty: no warnings.",
    }),
    allowedIps: t.stringList({
      description:
        'CIDR ranges that it may be used from; a use from anywhere else is UNAUTHENTICATED. Default: those of the key that creates it, which they must lie within.',
    }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Whatever its keepers want to note about it: at most 8 KiB as JSON.',
    }),
  }),
})

const CreatePersonalAccessKeyInput = builder.inputType('CreatePersonalAccessKeyInput', {
  description: 'A new personal access key of the caller.',
  fields: (t) => ({
    organizationId: t.id({
      required: true,
      description: 'An organization that the caller belongs to; the key is good there and below.',
    }),
    name: t.string({
      required: true,
      description: 'What its owner calls it: 1 to 100 characters, unique among their active keys in the organization.',
    }),
    description: t.string({ description: 'What it is for: at most 1,000 characters.' }),
    grants: t.field({
      type: [GrantInputRef],
      description: 'Narrower than what the member may do; none given means all of it.',
    }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it stops working.' }),
    expiresIn: t.field({ type: 'Duration', description: 'How long it works.' }),
    neverExpires: t.boolean({ description: 'That it works until it is revoked.' }),
    warnBefore: t.field({
      type: ['Duration'],
      description:
        "How long before its expiry to warn, each shorter than its life. None given: the policy's, as far as they fit; empty: no warnings.",
    }),
    allowedIps: t.stringList({
      description:
        'CIDR ranges that it may be used from; a use from anywhere else is UNAUTHENTICATED. Default: those of the key that creates it, which they must lie within.',
    }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Whatever its owner wants to note about it: at most 8 KiB as JSON.',
    }),
  }),
})

const UpdateKeyInput = builder.inputType('UpdateKeyInput', {
  description: 'What to change about a key. What is left out stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The key.' }),
    name: t.string({ description: 'A new name: 1 to 100 characters.' }),
    description: t.string({ description: 'A new description; null for none.' }),
    grants: t.field({ type: [GrantInputRef], description: "All grants from now on: at most the caller's own." }),
    warnBefore: t.field({
      type: ['Duration'],
      description: "New thresholds; null for the policy's, empty for no warnings.",
    }),
    allowedIps: t.stringList({
      description:
        'New CIDR ranges; empty for anywhere. A key that is restricted itself can only set ranges within its own.',
    }),
    metadata: t.field({ type: 'JSONObject', description: 'New metadata, in place of the old.' }),
  }),
})

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

const KeyIdInput = builder.inputType('KeyIdInput', {
  description: 'Which key.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The key.' }) }),
})

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

const CreateApiKeyPayload = builder.objectRef<IssuedKey>('CreateApiKeyPayload').implement({
  description: 'The new key and its secret.',
  partOfParent: true,
  fields: (t) => ({
    apiKey: t.field({
      type: ApiKeyRef,
      description: 'The key.',
      resolve: (payload) => payload.key,
    }),
    secret: t.exposeString('secret', { description: 'The secret; shown once, here, and never again.' }),
  }),
})
const CreatePersonalAccessKeyPayload = builder.objectRef<IssuedKey>('CreatePersonalAccessKeyPayload').implement({
  description: 'The new key and its secret.',
  partOfParent: true,
  fields: (t) => ({
    personalAccessKey: t.field({
      type: PersonalAccessKeyRef,
      description: 'The key.',
      resolve: (payload) => payload.key,
    }),
    secret: t.exposeString('secret', { description: 'The secret; shown once, here, and never again.' }),
  }),
})
const UpdateKeyPayload = builder.objectRef<{ key: KeyRow }>('UpdateKeyPayload').implement({
  description: 'The key that was changed.',
  partOfParent: true,
  fields: (t) => ({
    key: t.field({
      type: KeyRef,
      description: 'The key, as it is now.',
      resolve: (payload) => payload.key,
    }),
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
const KeyPayload = builder.objectRef<{ key: KeyRow; revokedKeyIds?: readonly string[] }>('KeyPayload').implement({
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
  createApiKey: t.field({
    type: CreateApiKeyPayload,
    description: "Creates an API key. Needs keys:operator; grants at most the caller's own.",
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The key.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'operateKeys', in: input.organizationId } }),
    resolve: (_, { input }, context) => context.services.createKey.createApiKey(callerOf(context), input),
  }),
  createPersonalAccessKey: t.field({
    type: CreatePersonalAccessKeyPayload,
    description:
      'Creates a personal access key of the caller. Needs membership, and the secret of a key or a sign-in: an access token cannot create one. It expires no later than the key that it is created with.',
    args: { input: t.arg({ type: CreatePersonalAccessKeyInput, required: true, description: 'The key.' }) },
    authScopes: (_, { input }) => ({ sees: input.organizationId }),
    resolve: (_, { input }, context) => context.services.createKey.createPersonalKey(callerOf(context), input),
  }),
  updateKey: t.field({
    type: UpdateKeyPayload,
    description:
      "Changes a key. An API key needs keys:operator, with grants that cover the key's before and after; a personal one its owner, who presents a secret or a sign-in, never an access token.",
    args: { input: t.arg({ type: UpdateKeyInput, required: true, description: 'The change.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.updateKey.update(callerOf(context), input),
    }),
  }),
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
      key: await context.services.rotateKey.complete(callerOf(context), input.id),
    }),
  }),
  cancelRotation: t.field({
    type: KeyPayload,
    description:
      'Goes back to the old secret and drops the new one, while both work. For those who may rotate the key.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.rotateKey.cancel(callerOf(context), input.id),
    }),
  }),
  suspendKey: t.field({
    type: KeyPayload,
    description:
      'Stops a key for a while, and ends its tokens. For those who may revoke it. A manager may suspend a key that its owner suspended: then only managers resume it.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.suspendKey.suspend(callerOf(context), input.id),
    }),
  }),
  resumeKey: t.field({
    type: KeyPayload,
    description:
      'Lets a suspended key go on; the tokens from before stay ended. For those who may revoke it; what a manager suspended is for managers to resume.',
    args: { input: t.arg({ type: KeyIdInput, required: true, description: 'The key.' }) },
    authScopes: { caller: true },
    resolve: async (_, { input }, context) => ({
      key: await context.services.suspendKey.resume(callerOf(context), input.id),
    }),
  }),
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
