import { loadOrganization } from '../organizations/context.graphql.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { PriceExtension } from '../schema-kit/field-prices.ts'
import { loadPolicy } from './context.graphql.ts'
import type { KeyPolicy, SecretMisuseResponse } from './key-policy.ts'
import type { PolicyPreview } from './preview-policy.ts'

const SecretMisuseResponseEnum = builder.enumType('SecretMisuseResponse', {
  description: 'Response to the use of a retired secret or to a leaked secret. The audit log records it in any case.',
  values: {
    RECORD: { description: 'The audit log records it; the key stays active.' },
    SUSPEND: { description: 'The key is suspended. A caller with `keys:manager` can resume it.' },
    REVOKE: { description: 'The key is revoked.' },
  } satisfies Record<SecretMisuseResponse, object>,
})

const KeyPolicyRef = builder.objectRef<KeyPolicy>('KeyPolicy').implement({
  description:
    'The effective rules for the keys of an organization: its own and, where they are stricter, those of its ancestors.',
  partOfParent: true,
  fields: (t) => ({
    maximumLifetime: t.field({
      type: 'Duration',
      nullable: true,
      description: 'Longest lifetime that a key can have. Null for no maximum.',
      resolve: (policy) => policy.maximumLifetime,
    }),
    defaultLifetime: t.field({
      type: 'Duration',
      description: 'Lifetime of a key that is created without an expiry.',
      resolve: (policy) => policy.defaultLifetime,
    }),
    expiryRequired: t.exposeBoolean('expiryRequired', { description: 'Whether every key must expire.' }),
    warnBefore: t.field({
      type: ['Duration'],
      description:
        'How long before the expiry of a key to warn, longest first. Thresholds beyond half the lifetime of a key do not apply to it.',
      resolve: (policy) => [...policy.warnBefore],
    }),
    maximumOverlap: t.field({
      type: 'Duration',
      description: 'Longest overlap of a rotation, during which both secrets are valid.',
      resolve: (policy) => policy.maximumOverlap,
    }),
    maximumActiveKeys: t.exposeInt('maximumActiveKeys', {
      nullable: true,
      description:
        'Largest number of active keys of the organization and its sub-organizations together. Null for no maximum.',
    }),
    accessTokenLifetime: t.field({
      type: 'Duration',
      description: 'Lifetime of access tokens. A token never outlives its key.',
      resolve: (policy) => policy.accessTokenLifetime,
    }),
    onRetiredSecretUse: t.field({
      type: SecretMisuseResponseEnum,
      description: 'Response to the use of a retired secret.',
      resolve: (policy) => policy.onRetiredSecretUse,
    }),
    onLeak: t.field({
      type: SecretMisuseResponseEnum,
      description: 'Response to a secret that is reported as leaked.',
      resolve: (policy) => policy.onLeak,
    }),
    revokeUnusedAfter: t.field({
      type: 'Duration',
      nullable: true,
      description: 'Time without use after which a key is revoked. Null for never.',
      resolve: (policy) => policy.revokeUnusedAfter,
    }),
    escalateWarnings: t.exposeBoolean('escalateWarnings', {
      description:
        'Whether the owners of the organization receive an e-mail about an expiry warning if an earlier one about the key was not acknowledged. Applies if the organization has a notification route.',
    }),
  }),
})

builder.objectField(OrganizationRef, 'policy', (t) =>
  t.field({
    type: KeyPolicyRef,
    nullable: true,
    description: 'The effective key policy. Requires `keys:viewer`.',
    authScopes: ({ id }) => ({ may: { permission: 'readPolicy', in: id } }),
    resolve: ({ id }, _, context) => loadPolicy(context, id),
  }),
)

const KeyPolicyInput = builder.inputType('KeyPolicyInput', {
  description:
    'Changes of a key policy. An omitted field keeps its value. In a root organization, null removes a limit; in a sub-organization, it inherits the value.',
  fields: (t) => ({
    maximumLifetime: t.field({ type: 'Duration', description: 'Longest lifetime that a key can have.' }),
    defaultLifetime: t.field({ type: 'Duration', description: 'Lifetime of a key that is created without an expiry.' }),
    expiryRequired: t.boolean({ description: 'Whether every key must expire.' }),
    warnBefore: t.field({
      type: ['Duration'],
      description: 'How long before the expiry of a key to warn: at most 10 durations.',
    }),
    maximumOverlap: t.field({
      type: 'Duration',
      description: 'Longest overlap of a rotation, during which both secrets are valid.',
    }),
    maximumActiveKeys: t.int({
      description:
        'Largest number of active keys of the organization and its sub-organizations together, 1 to 1,000,000.',
    }),
    accessTokenLifetime: t.field({ type: 'Duration', description: 'Lifetime of access tokens, at most `P1D`.' }),
    onRetiredSecretUse: t.field({
      type: SecretMisuseResponseEnum,
      description: 'Response to the use of a retired secret.',
    }),
    onLeak: t.field({
      type: SecretMisuseResponseEnum,
      description: 'Response to a secret that is reported as leaked.',
    }),
    revokeUnusedAfter: t.field({ type: 'Duration', description: 'Time without use after which a key is revoked.' }),
    escalateWarnings: t.boolean({
      description: 'Whether owners receive an e-mail about an expiry warning if an earlier one was not acknowledged.',
    }),
  }),
})
const KeyPolicyPreviewRef = builder.objectRef<PolicyPreview>('KeyPolicyPreview').implement({
  description: 'The effect of a change to a key policy.',
  partOfParent: true,
  fields: (t) => ({
    policy: t.field({
      type: KeyPolicyRef,
      description: 'The effective policy after the change.',
      resolve: ({ policy }) => policy,
    }),
    nonConformingKeys: t.exposeInt('nonConformingKeys', {
      description:
        'Number of active and suspended keys, including those of sub-organizations, whose lifetime the policy would not allow. They would stay unchanged.',
    }),
    nonConformingKeyIds: t.field({
      type: ['ID'],
      description: 'Ids of the first 100 of these keys.',
      resolve: ({ nonConformingKeyIds }) => nonConformingKeyIds,
    }),
  }),
})

builder.objectField(OrganizationRef, 'policyPreview', (t) =>
  t.field({
    type: KeyPolicyPreviewRef,
    nullable: true,
    description: 'The effect that `updateKeyPolicy` would have. Changes nothing. Requires `keys:manager`.',
    args: { policy: t.arg({ type: KeyPolicyInput, required: true, description: 'The changes.' }) },
    // It counts keys by their lifetime, like a page of keys with its total.
    extensions: { price: 200 } satisfies PriceExtension,
    authScopes: ({ id }) => ({ may: { permission: 'managePolicy', in: id } }),
    resolve: ({ id }, { policy }, context) => context.services.previewPolicy.preview(callerOf(context), id, policy),
  }),
)

const UpdateKeyPolicyInput = builder.inputType('UpdateKeyPolicyInput', {
  description: 'The key policy to change.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'Id of the organization.' }),
    policy: t.field({ type: KeyPolicyInput, required: true, description: 'The changes.' }),
  }),
})
const UpdateKeyPolicyPayload = builder.objectRef<{ organizationId: string }>('UpdateKeyPolicyPayload').implement({
  description: 'Result of `updateKeyPolicy`.',
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
      'Changes the key policy of an organization. Existing keys stay unchanged; the audit event names those that no longer conform. Requires `keys:manager`.',
    args: { input: t.arg({ type: UpdateKeyPolicyInput, required: true, description: 'The change.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'managePolicy', in: input.organizationId } }),
    resolve: async (_, { input }, context) => {
      await context.services.updatePolicy.update(callerOf(context), input.organizationId, input.policy)
      return { organizationId: input.organizationId }
    },
  }),
)
