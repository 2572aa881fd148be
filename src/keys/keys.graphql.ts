import { ActorRef } from '../audit/actor.graphql.ts'
import { AuditEventConnectionRef } from '../audit/audit.graphql.ts'
import { andThen } from '../kernel/maybe-promise.ts'
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
import type { KeyRow } from './key.entity.ts'
import { statusOf } from './key.ts'
import { KeyKindRef, KeyStatusRef, RevocationReasonRef } from './key-enums.graphql.ts'
import { KeySecretRef } from './key-secret.graphql.ts'
import { isExpiringSoon, thresholdsOf } from './lifecycle/warning-plan.ts'

export const KeyRef = builder.interfaceRef<KeyRow>('Key').implement({
  description:
    'A long-lived credential. Requires `keys:viewer` for API keys and `keys:manager` for personal access keys; a key can read itself, and a person their own keys.',
  interfaces: [NodeRef],
  resolveType: (key) => (key.kind === 'API_KEY' ? 'ApiKey' : 'PersonalAccessKey'),
  fields: (t) => ({
    kind: t.field({
      type: KeyKindRef,
      description: 'Kind of the key.',
      resolve: (key) => key.kind,
    }),
    name: t.exposeString('name', {
      description: 'Name, unique among the active API keys of the organization or the active keys of the person.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Description, at most 1,000 characters. Null if there is none.',
    }),
    status: t.field({
      type: KeyStatusRef,
      description: 'Status at the time of the request.',
      resolve: (key, _, { services }) => statusOf(key, services.clock.now()),
    }),
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization that the key belongs to.',
      resolve: (key, _, context) => loadOrganization(context, key.organizationId),
    }),
    project: t.field({
      type: ProjectRef,
      nullable: true,
      description: 'The project that owns the key. Null if the organization owns it.',
      resolve: (key, _, context) => (key.projectId === null ? null : loadProject(context, key.projectId)),
    }),
    grants: t.field({
      type: [GrantRef],
      description:
        'Effective grants. For a personal access key, the current grants of its owner, limited to those of the key if it was narrowed.',
      resolve: (key, _, context) =>
        context.services.keyAccess.grantsOf(key, (ownerId) => loadMemberships(context, ownerId)),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the key was created.',
      resolve: (key) => key.createdAt,
    }),
    createdBy: t.field({
      type: ActorRef,
      nullable: true,
      description: 'Who created the key. Requires `keys:operator`, or ownership of the personal key.',
      authScopes: (key) => ({ rule: mayReadKeyField(key, 'readKeyOrigin') }),
      resolve: (key) => ({ kind: key.createdByKind, id: key.createdById, name: key.createdByName }),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the key expires. Null if it never expires.',
      resolve: (key) => key.expiresAt,
    }),
    expiringSoon: t.boolean({
      description: 'Whether the key has reached its first warning threshold and has not expired.',
      resolve: (key, _, context) =>
        andThen(loadPolicy(context, key.organizationId), ({ warnBefore }) =>
          isExpiringSoon(key, warnBefore, context.services.clock.now()),
        ),
    }),
    warnBefore: t.field({
      type: ['Duration'],
      description:
        'How long before the expiry warnings are sent, longest first: the thresholds of the key, or else those of the policy that are at most half its lifetime.',
      resolve: (key, _, context) =>
        andThen(loadPolicy(context, key.organizationId), ({ warnBefore }) => thresholdsOf(key, warnBefore)),
    }),
    secrets: t.field({
      type: [KeySecretRef],
      description: 'Secrets of the key, newest first.',
      resolve: (key, _, context) => loadSecrets(context, key.id),
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When the key was last used, accurate to a few seconds. Null if it was never used. Requires `keys:operator`, or ownership of the personal key.',
      authScopes: (key) => ({ rule: mayReadKeyField(key, 'readKeyOrigin') }),
      resolve: (key) => key.lastUsedAt,
    }),
    lastUsedFrom: t.field({
      type: ['String'],
      nullable: true,
      description:
        'The newest five distinct IP addresses that the key was used from, newest first. Requires `keys:manager`, or ownership of the personal key.',
      authScopes: (key) => ({ rule: mayReadKeyField(key, 'readKeyAddresses') }),
      resolve: (key) => [...key.lastUsedFrom],
    }),
    allowedIps: t.field({
      type: ['String'],
      nullable: true,
      description:
        'CIDR ranges that the key may be used from; empty for no restriction. Requires `keys:manager`, or ownership of the personal key.',
      authScopes: (key) => ({ rule: mayReadKeyField(key, 'readKeyAddresses') }),
      resolve: (key) => [...key.allowedIps],
    }),
    metadata: t.field({
      type: 'JSONObject',
      description: 'Custom metadata, at most 8 KiB as JSON and 32 levels deep. Keyturn does not interpret it.',
      resolve: (key) => key.metadata,
    }),
    revokedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the key was revoked. Null if it was not.',
      resolve: (key) => key.revokedAt,
    }),
    revocationReason: t.field({
      type: RevocationReasonRef,
      nullable: true,
      description: 'Why the key was revoked. Null if it was not.',
      resolve: (key) => key.revocationReason,
    }),
    history: t.field({
      type: AuditEventConnectionRef,
      nullable: true,
      description: 'Audit events about the key, newest first. Requires `audit:viewer`.',
      args: pagingArgs,
      authScopes: (key) => ({ may: { permission: 'readAuditLog', in: key.organizationId } }),
      resolve: (key, paging, context) => context.services.audit.pageAbout(callerOf(context), key, paging),
    }),
  }),
})

export const ApiKeyRef = builder.objectRef<KeyRow>('ApiKey').implement({
  description:
    'A key of an organization or of one of its projects. It stays valid when the member who created it leaves.',
  interfaces: [NodeRef, KeyRef],
  isTypeOf: (value) => (value as KeyRow).kind === 'API_KEY',
  authScopes: (key) => ({ rule: mayReadKey(key) }),
})

export const PersonalAccessKeyRef = builder.objectRef<KeyRow>('PersonalAccessKey').implement({
  description:
    'A key of a member. It has the current grants of the member, or the narrower grants that were chosen, and is revoked with the membership.',
  interfaces: [NodeRef, KeyRef],
  isTypeOf: (value) => (value as KeyRow).kind === 'PERSONAL_ACCESS_KEY',
  authScopes: (key) => ({ rule: mayReadKey(key) }),
  fields: (t) => ({
    owner: t.field({
      type: UserRef,
      description: 'The owner of the key.',
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
      'A key by its id. Requires `keys:viewer` for API keys and `keys:manager` for personal access keys; a key can read itself, and a person their own keys.',
    args: { id: t.arg.id({ required: true, description: 'Id of the key.' }) },
    authScopes: { caller: true },
    resolve: (_, { id }, context) => context.services.keyQueries.find(callerOf(context), id),
  }),
)
