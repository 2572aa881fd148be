import { ActorRef } from '../audit/actor.graphql.ts'
import { AuditEventConnectionRef } from '../audit/audit.graphql.ts'
import { loadMemberships, loadUser } from '../memberships/context.graphql.ts'
import { UserRef } from '../memberships/members.graphql.ts'
import { loadOrganization, loadProject } from '../organizations/context.graphql.ts'
import { GrantRef } from '../organizations/grants.graphql.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { ProjectRef } from '../organizations/projects.graphql.ts'
import { loadPolicy } from '../policies/context.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { pagingArgs } from '../schema-kit/connections.ts'
import { callerOf } from '../schema-kit/context.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import { loadSecrets, mayReadKey, mayReadKeyField } from './context.graphql.ts'
import type { KeyRow, KeySecretRow } from './key.entity.ts'
import { secretStateOf, statusOf } from './key.ts'
import { KeyKindRef, KeyStatusRef, RevocationReasonRef, SecretStateRef } from './key-enums.graphql.ts'
import { isExpiringSoon, thresholdsOf } from './lifecycle/warning-plan.ts'

const KeySecretRef = builder.objectRef<KeySecretRow>('KeySecret').implement({
  description:
    'One secret of a key. The secret itself is never readable again; hint is its prefix and last four characters.',
  partOfParent: true,
  fields: (t) => ({
    hint: t.exposeString('hint', { description: 'Its prefix and last four characters.' }),
    state: t.field({
      type: SecretStateRef,
      description: 'Whether it works.',
      resolve: (secret, _, { services }) => secretStateOf(secret, services.clock.now()),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was issued.',
      resolve: (secret) => secret.createdAt,
    }),
    validUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When it stops or stopped working; null for the current one. While an overlap waits for the first use of the new secret, its latest end.',
      resolve: (secret) => secret.validUntil,
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to within a few seconds.',
      resolve: (secret) => secret.lastUsedAt,
    }),
  }),
})

export const KeyRef = builder.interfaceRef<KeyRow>('Key').implement({
  description: 'What a machine or a person proves with who they are.',
  interfaces: [NodeRef],
  resolveType: (key) => (key.kind === 'API_KEY' ? 'ApiKey' : 'PersonalAccessKey'),
  fields: (t) => ({
    kind: t.field({
      type: KeyKindRef,
      description: 'Whose it is.',
      resolve: (key) => key.kind,
    }),
    name: t.exposeString('name', {
      description: 'What people call it; unique among the active keys of the organization, or of the person.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it is for.',
    }),
    status: t.field({
      type: KeyStatusRef,
      description: 'Whether it works, at this very instant.',
      resolve: (key, _, { services }) => statusOf(key, services.clock.now()),
    }),
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization that it belongs to.',
      resolve: (key, _, context) => loadOrganization(context, key.organizationId),
    }),
    project: t.field({
      type: ProjectRef,
      nullable: true,
      description: 'The project that owns it, where one does.',
      resolve: (key, _, context) => (key.projectId === null ? null : loadProject(context, key.projectId)),
    }),
    grants: t.field({
      type: [GrantRef],
      description:
        'What it carries. Of a personal access key: what its owner may do now, as far as the key was not narrowed.',
      resolve: async (key, _, context) =>
        context.services.keyAccess.grantsOf(
          key,
          key.ownerId === null ? [] : await loadMemberships(context, key.ownerId),
        ),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was created.',
      resolve: (key) => key.createdAt,
    }),
    createdBy: t.field({
      type: ActorRef,
      nullable: true,
      description: 'Who created it. Needs keys:operator, or to own the personal key.',
      authScopes: (key) => ({ rule: mayReadKeyField(key, 'readKeyOrigin') }),
      resolve: (key) => ({ kind: key.createdByKind, id: key.createdById, name: key.createdByName }),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it stops working; null for never.',
      resolve: (key) => key.expiresAt,
    }),
    expiringSoon: t.boolean({
      description: 'Whether the first of its warnings is due and its expiry is still to come.',
      resolve: async (key, _, context) => {
        const policy = await loadPolicy(context, key.organizationId)
        return isExpiringSoon(key, policy.warnBefore, context.services.clock.now())
      },
    }),
    warnBefore: t.field({
      type: ['Duration'],
      description:
        'How long before its expiry it is warned of, longest first: its own thresholds, or the fitting ones of the policy.',
      resolve: async (key, _, context) => thresholdsOf(key, (await loadPolicy(context, key.organizationId)).warnBefore),
    }),
    secrets: t.field({
      type: [KeySecretRef],
      description: 'Its secrets, newest first: what can be known of them.',
      resolve: (key, _, context) => loadSecrets(context, key.id),
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was last used, to within a few seconds. Needs keys:operator, or to own the personal key.',
      authScopes: (key) => ({ rule: mayReadKeyField(key, 'readKeyOrigin') }),
      resolve: (key) => key.lastUsedAt,
    }),
    lastUsedFrom: t.field({
      type: ['String'],
      nullable: true,
      description:
        'The newest five distinct addresses that it was used from, newest first. Needs keys:manager, or to own the personal key.',
      authScopes: (key) => ({ rule: mayReadKeyField(key, 'readKeyAddresses') }),
      resolve: (key) => [...key.lastUsedFrom],
    }),
    allowedIps: t.field({
      type: ['String'],
      nullable: true,
      description:
        'CIDR ranges that it may be used from; empty means anywhere. Needs keys:manager, or to own the personal key.',
      authScopes: (key) => ({ rule: mayReadKeyField(key, 'readKeyAddresses') }),
      resolve: (key) => [...key.allowedIps],
    }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Whatever its keepers noted about it.',
      resolve: (key) => key.metadata,
    }),
    revokedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked.',
      resolve: (key) => key.revokedAt,
    }),
    revocationReason: t.field({
      type: RevocationReasonRef,
      nullable: true,
      description: 'Why it was revoked.',
      resolve: (key) => key.revocationReason,
    }),
    history: t.field({
      type: AuditEventConnectionRef,
      nullable: true,
      description: 'The events about it, newest first. Needs audit:viewer.',
      args: pagingArgs,
      authScopes: (key) => ({ may: { permission: 'readAuditLog', in: key.organizationId } }),
      resolve: (key, paging, context) =>
        context.services.audit.page(callerOf(context), key.organizationId, { targetId: key.id }, paging),
    }),
  }),
})

export const ApiKeyRef = builder.objectRef<KeyRow>('ApiKey').implement({
  description: 'Owned by an organization, or by one of its projects; survives the member who made it.',
  interfaces: [NodeRef, KeyRef],
  isTypeOf: (value) => (value as KeyRow).kind === 'API_KEY',
  authScopes: (key) => ({ rule: mayReadKey(key) }),
})

export const PersonalAccessKeyRef = builder.objectRef<KeyRow>('PersonalAccessKey').implement({
  description:
    'Owned by a member. Carries all that the member may do now, or the narrower grants that were chosen; shrinks and dies with the membership.',
  interfaces: [NodeRef, KeyRef],
  isTypeOf: (value) => (value as KeyRow).kind === 'PERSONAL_ACCESS_KEY',
  authScopes: (key) => ({ rule: mayReadKey(key) }),
  fields: (t) => ({
    owner: t.field({
      type: UserRef,
      description: 'Whose it is.',
      resolve: (key, _, context) => loadUser(context, key.ownerId ?? ''),
    }),
  }),
})

registerNode('key', {
  typeOf: (node) => ((node as KeyRow).kind === 'API_KEY' ? 'ApiKey' : 'PersonalAccessKey'),
  find: (id, context) => context.services.keyQueries.find(callerOf(context), id),
})

builder.queryField('key', (t) =>
  t.field({
    type: KeyRef,
    nullable: true,
    description:
      'A key. API keys need keys:viewer, personal ones keys:manager; a key may look at itself, and a person at their own.',
    args: { id: t.arg.id({ required: true, description: 'Id of the key.' }) },
    authScopes: { caller: true },
    resolve: (_, { id }, context) => context.services.keyQueries.find(callerOf(context), id),
  }),
)
