import { GrantInputRef } from '../../organizations/grants.graphql.ts'
import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import { ApiKeyRef, PersonalAccessKeyRef } from '../keys.graphql.ts'
import type { IssuedKey } from './make-secret.ts'

type InputFieldBuilder = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0]

/** The fields that both kinds of keys have. */
const commonFields = (t: InputFieldBuilder) => ({
  expiresAt: t.field({ type: 'DateTime', description: 'When the key expires. Must be in the future.' }),
  expiresIn: t.field({ type: 'Duration', description: 'Lifetime of the key, such as `P90D`.' }),
  neverExpires: t.boolean({
    description: 'True for a key that never expires, if the policy allows it. Default: false.',
  }),
  warnBefore: t.field({
    type: ['Duration'],
    description:
      'How long before the expiry to warn: at most 10 durations, each shorter than the lifetime. An empty list disables warnings. Default: the thresholds of the policy that are at most half of the lifetime.',
  }),
  allowedIps: t.stringList({
    description:
      'CIDR ranges that the key may be used from, at most 100; a request from another address fails with UNAUTHENTICATED. They must lie within the ranges of the key that the caller uses. Default: those ranges.',
  }),
  metadata: t.field({
    type: 'JSONObject',
    description: 'Custom metadata, at most 8 KiB as JSON and 32 levels deep.',
  }),
})

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description:
    'A new API key. Set at most one of `expiresAt`, `expiresIn` and `neverExpires`. Default: the default lifetime of the policy.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'Id of the organization that the key belongs to.' }),
    projectId: t.id({ description: 'Id of the project that owns the key. Omit it for a key of the organization.' }),
    name: t.string({
      required: true,
      description: 'Display name, 1 to 100 characters, unique among the active API keys of the organization.',
    }),
    description: t.string({ description: 'Description, at most 1,000 characters.' }),
    grants: t.field({
      type: [GrantInputRef],
      required: true,
      description: 'Grants of the key, at most 100. The caller must hold each of them.',
    }),
    ...commonFields(t),
  }),
})

const CreatePersonalAccessKeyInput = builder.inputType('CreatePersonalAccessKeyInput', {
  description:
    'A new personal access key of the caller. Set at most one of `expiresAt`, `expiresIn` and `neverExpires`. Default: the default lifetime of the policy.',
  fields: (t) => ({
    organizationId: t.id({
      required: true,
      description: 'Id of an organization that the caller belongs to. The key is valid in it and in its descendants.',
    }),
    name: t.string({
      required: true,
      description: 'Display name, 1 to 100 characters, unique among the active keys of the caller in the organization.',
    }),
    description: t.string({ description: 'Description, at most 1,000 characters.' }),
    grants: t.field({
      type: [GrantInputRef],
      description:
        'Grants of the key, at most 100: a subset of those of the caller. Default: all grants of the caller, as they change.',
    }),
    ...commonFields(t),
  }),
})

const CreateApiKeyPayload = builder.objectRef<IssuedKey>('CreateApiKeyPayload').implement({
  description: 'The new key and its secret.',
  partOfParent: true,
  fields: (t) => ({
    apiKey: t.field({
      type: ApiKeyRef,
      description: 'The created key.',
      resolve: (payload) => payload.key,
    }),
    secret: t.exposeString('secret', { description: 'The secret of the key. Returned only in this response.' }),
  }),
})

const CreatePersonalAccessKeyPayload = builder.objectRef<IssuedKey>('CreatePersonalAccessKeyPayload').implement({
  description: 'The new key and its secret.',
  partOfParent: true,
  fields: (t) => ({
    personalAccessKey: t.field({
      type: PersonalAccessKeyRef,
      description: 'The created key.',
      resolve: (payload) => payload.key,
    }),
    secret: t.exposeString('secret', { description: 'The secret of the key. Returned only in this response.' }),
  }),
})

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreateApiKeyPayload,
    description: "Creates an API key, with at most the caller's own grants. Requires `keys:operator`.",
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The key.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'operateKeys', in: input.organizationId } }),
    resolve: (_, { input }, context) => context.services.createKey.createApiKey(callerOf(context), input),
  }),
  createPersonalAccessKey: t.field({
    type: CreatePersonalAccessKeyPayload,
    description:
      'Creates a personal access key of the caller, who must be a member of the organization. Access tokens cannot create one. The key expires no later than the key that the caller uses.',
    args: { input: t.arg({ type: CreatePersonalAccessKeyInput, required: true, description: 'The key.' }) },
    authScopes: (_, { input }) => ({ sees: input.organizationId }),
    resolve: (_, { input }, context) => context.services.createKey.createPersonalKey(callerOf(context), input),
  }),
}))
