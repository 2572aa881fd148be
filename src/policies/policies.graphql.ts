import { loadOrganization } from '../organizations/context.graphql.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { PriceExtension } from '../schema-kit/field-prices.ts'
import { loadPolicy } from './context.graphql.ts'
import type { KeyPolicy, SecretMisuseResponse } from './key-policy.ts'
import type { PolicyPreview } from './preview-policy.ts'

const SecretMisuseResponseEnum = builder.enumType('SecretMisuseResponse', {
  description:
    'What happens to a key whose retired or leaked secret turns up. It is recorded in the audit log in any case.',
  values: {
    RECORD: { description: 'Nothing else.' },
    SUSPEND: { description: 'The key is suspended. A caller with keys:manager can resume it.' },
    REVOKE: { description: 'The key is revoked.' },
  } satisfies Record<SecretMisuseResponse, object>,
})

const KeyPolicyRef = builder.objectRef<KeyPolicy>('KeyPolicy').implement({
  description:
    "The rules for an organization's keys, as they hold: its own and, where they are stricter, those above it.",
  partOfParent: true,
  fields: (t) => ({
    maximumLifetime: t.field({
      type: 'Duration',
      nullable: true,
      description: 'The longest lifetime that a key may have; null for no maximum.',
      resolve: (policy) => policy.maximumLifetime,
    }),
    defaultLifetime: t.field({
      type: 'Duration',
      description: 'The lifetime of a key for which none was asked.',
      resolve: (policy) => policy.defaultLifetime,
    }),
    expiryRequired: t.exposeBoolean('expiryRequired', { description: 'Whether every key must expire.' }),
    warnBefore: t.field({
      type: ['Duration'],
      description:
        'How long before the expiry of a key to warn, longest first, as far as it is at most half its lifetime.',
      resolve: (policy) => [...policy.warnBefore],
    }),
    maximumOverlap: t.field({
      type: 'Duration',
      description: 'How long an old secret may go on working after a rotation.',
      resolve: (policy) => policy.maximumOverlap,
    }),
    maximumActiveKeys: t.exposeInt('maximumActiveKeys', {
      nullable: true,
      description:
        'How many active keys the organization may have, together with all organizations below it; null for no maximum.',
    }),
    accessTokenLifetime: t.field({
      type: 'Duration',
      description: 'Lifetime of access tokens.',
      resolve: (policy) => policy.accessTokenLifetime,
    }),
    onRetiredSecretUse: t.field({
      type: SecretMisuseResponseEnum,
      description: 'What happens to a key when a secret that a rotation retired is used.',
      resolve: (policy) => policy.onRetiredSecretUse,
    }),
    onLeak: t.field({
      type: SecretMisuseResponseEnum,
      description: 'What happens to a key when its secret is reported as leaked.',
      resolve: (policy) => policy.onLeak,
    }),
    revokeUnusedAfter: t.field({
      type: 'Duration',
      nullable: true,
      description: 'How long a key may go unused before it is revoked; null for ever.',
      resolve: (policy) => policy.revokeUnusedAfter,
    }),
  }),
})

builder.objectField(OrganizationRef, 'policy', (t) =>
  t.field({
    type: KeyPolicyRef,
    nullable: true,
    description: 'The rules for its keys. Needs keys:viewer.',
    authScopes: ({ id }) => ({ may: { permission: 'readPolicy', in: id } }),
    resolve: ({ id }, _, context) => loadPolicy(context, id),
  }),
)

const KeyPolicyInput = builder.inputType('KeyPolicyInput', {
  description:
    'What to change about a key policy. What is left out stays; null takes a limit away, and below a root inherits.',
  fields: (t) => ({
    maximumLifetime: t.field({ type: 'Duration', description: 'The longest lifetime that a key may have.' }),
    defaultLifetime: t.field({ type: 'Duration', description: 'The lifetime of a key for which none was asked.' }),
    expiryRequired: t.boolean({ description: 'Whether every key must expire.' }),
    warnBefore: t.field({
      type: ['Duration'],
      description: 'How long before the expiry of a key to warn: at most 10 thresholds.',
    }),
    maximumOverlap: t.field({
      type: 'Duration',
      description: 'How long an old secret may go on working after a rotation.',
    }),
    maximumActiveKeys: t.int({
      description: 'How many active keys the organization may have, together with all organizations below it.',
    }),
    accessTokenLifetime: t.field({ type: 'Duration', description: 'Lifetime of access tokens: at most P1D.' }),
    onRetiredSecretUse: t.field({
      type: SecretMisuseResponseEnum,
      description: 'What happens to a key when a retired secret of it is used.',
    }),
    onLeak: t.field({
      type: SecretMisuseResponseEnum,
      description: 'What happens to a key when its secret is reported as leaked.',
    }),
    revokeUnusedAfter: t.field({ type: 'Duration', description: 'How long a key may go unused before it is revoked.' }),
  }),
})
const KeyPolicyPreviewRef = builder.objectRef<PolicyPreview>('KeyPolicyPreview').implement({
  description: 'What a change of a key policy would do.',
  partOfParent: true,
  fields: (t) => ({
    policy: t.field({
      type: KeyPolicyRef,
      description: 'The rules as they would hold.',
      resolve: ({ policy }) => policy,
    }),
    nonConformingKeys: t.exposeInt('nonConformingKeys', {
      description:
        'Number of active and suspended keys, here and in the organizations below, whose lifetime the rules would not allow. They would stay as they are.',
    }),
    nonConformingKeyIds: t.field({
      type: ['ID'],
      description: 'Ids of these keys; at most 100.',
      resolve: ({ nonConformingKeyIds }) => nonConformingKeyIds,
    }),
  }),
})

builder.objectField(OrganizationRef, 'policyPreview', (t) =>
  t.field({
    type: KeyPolicyPreviewRef,
    nullable: true,
    description: 'What `updateKeyPolicy` would do. Changes nothing. Needs keys:manager.',
    args: { policy: t.arg({ type: KeyPolicyInput, required: true, description: 'What to change.' }) },
    // It counts keys by their lifetime, like a page of keys with its total.
    extensions: { price: 200 } satisfies PriceExtension,
    authScopes: ({ id }) => ({ may: { permission: 'managePolicy', in: id } }),
    resolve: ({ id }, { policy }, context) => context.services.previewPolicy.preview(callerOf(context), id, policy),
  }),
)

const UpdateKeyPolicyInput = builder.inputType('UpdateKeyPolicyInput', {
  description: 'A change of the key policy of an organization.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'The organization.' }),
    policy: t.field({ type: KeyPolicyInput, required: true, description: 'What to change.' }),
  }),
})
const UpdateKeyPolicyPayload = builder.objectRef<{ organizationId: string }>('UpdateKeyPolicyPayload').implement({
  description: 'The organization whose policy was changed.',
  partOfParent: true,
  fields: (t) => ({
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization.',
      resolve: ({ organizationId }, _, context) => loadOrganization(context, organizationId),
    }),
  }),
})

builder.mutationField('updateKeyPolicy', (t) =>
  t.field({
    type: UpdateKeyPolicyPayload,
    description:
      'Changes the rules for the keys of an organization. Existing keys stay as they are; the audit event names those that no longer conform. Needs keys:manager.',
    args: { input: t.arg({ type: UpdateKeyPolicyInput, required: true, description: 'The change.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'managePolicy', in: input.organizationId } }),
    resolve: async (_, { input }, context) => {
      await context.services.updatePolicy.update(callerOf(context), input.organizationId, input.policy)
      return { organizationId: input.organizationId }
    },
  }),
)
