import { GrantInputRef } from '../../organizations/grants.graphql.ts'
import { builder } from '../../schema-kit/builder.ts'
import { callerOf } from '../../schema-kit/context.ts'
import { ApiKeyRef, PersonalAccessKeyRef } from '../keys.graphql.ts'
import type { IssuedKey } from './make-secret.ts'

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
      description: 'An organization that the caller belongs to. The key is valid there and in the organizations below.',
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
}))
