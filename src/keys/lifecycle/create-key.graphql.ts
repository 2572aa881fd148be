import { GrantInputRef } from '../../organizations/grants.graphql.ts'
import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import { ApiKeyRef, PersonalAccessKeyRef } from '../keys.graphql.ts'
import type { IssuedKey } from './make-secret.ts'

type InputFieldBuilder = Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0]

/** The fields that both kinds of keys have. */
const commonFields = (t: InputFieldBuilder) => ({
  expiresAt: t.field({ type: 'DateTime', description: 'When the key expires.' }),
  expiresIn: t.field({ type: 'Duration', description: 'Lifetime of the key.' }),
  neverExpires: t.boolean({ description: 'True for a key that never expires.' }),
  warnBefore: t.field({
    type: ['Duration'],
    description:
      'How long before the expiry to warn, each shorter than the lifetime; empty for no warnings. Default: those of the policy that are at most half of the lifetime.',
  }),
  allowedIps: t.stringList({
    description:
      'CIDR ranges that the key may be used from; a use from elsewhere is UNAUTHENTICATED. They must lie within those of the key that the caller uses, which are the default.',
  }),
  metadata: t.field({
    type: 'JSONObject',
    description: 'Custom metadata; at most 8 KiB as JSON.',
  }),
})

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  description:
    'A new API key. At most one of expiresAt, expiresIn and neverExpires. Default: the default lifetime of the policy.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'The organization of the key.' }),
    projectId: t.id({ description: 'The project that owns the key; null if the organization owns it.' }),
    name: t.string({
      required: true,
      description: 'Name: 1 to 100 characters, unique among the active API keys of the organization.',
    }),
    description: t.string({ description: 'Description; at most 1,000 characters.' }),
    grants: t.field({
      type: [GrantInputRef],
      required: true,
      description: 'Grants of the key: at most those of the caller.',
    }),
    ...commonFields(t),
  }),
})

const CreatePersonalAccessKeyInput = builder.inputType('CreatePersonalAccessKeyInput', {
  description: 'A new personal access key of the caller.',
  fields: (t) => ({
    organizationId: t.id({
      required: true,
      description: 'An organization that the caller belongs to. The key is valid there and in the organizations below.',
    }),
    name: t.string({
      required: true,
      description: 'Name: 1 to 100 characters, unique among the active keys of the caller in the organization.',
    }),
    description: t.string({ description: 'Description; at most 1,000 characters.' }),
    grants: t.field({
      type: [GrantInputRef],
      description: 'A subset of the grants of the caller. Default: all of them.',
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
      description: 'The key.',
      resolve: (payload) => payload.key,
    }),
    secret: t.exposeString('secret', { description: 'The secret. It is returned only here.' }),
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
    secret: t.exposeString('secret', { description: 'The secret. It is returned only here.' }),
  }),
})

builder.mutationFields((t) => ({
  createApiKey: t.field({
    type: CreateApiKeyPayload,
    description: "Creates an API key. Requires `keys:operator`; grants at most the caller's own.",
    args: { input: t.arg({ type: CreateApiKeyInput, required: true, description: 'The key.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'operateKeys', in: input.organizationId } }),
    resolve: (_, { input }, context) => context.services.createKey.createApiKey(callerOf(context), input),
  }),
  createPersonalAccessKey: t.field({
    type: CreatePersonalAccessKeyPayload,
    description:
      'Creates a personal access key of the caller. Requires membership, and a credential that is no access token. The key expires no later than the key that the caller uses.',
    args: { input: t.arg({ type: CreatePersonalAccessKeyInput, required: true, description: 'The key.' }) },
    authScopes: (_, { input }) => ({ sees: input.organizationId }),
    resolve: (_, { input }, context) => context.services.createKey.createPersonalKey(callerOf(context), input),
  }),
}))
