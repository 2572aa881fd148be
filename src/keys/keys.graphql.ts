import { ActorRef } from '../audit/actor.graphql.ts'
import { AuditEventConnectionRef, AuditEventRef, AuditEventTypeRef } from '../audit/audit.graphql.ts'
import { loadMemberships, loadUser } from '../memberships/context.graphql.ts'
import { UserRef } from '../memberships/members.graphql.ts'
import { loadOrganization, loadProject } from '../organizations/context.graphql.ts'
import { GrantRef, RoleRef } from '../organizations/grants.graphql.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { ProjectRef } from '../organizations/projects.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { createCountedConnection, pagingArgs } from '../schema-kit/connections.ts'
import { callerOf } from '../schema-kit/context.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import { loadPolicy, loadSecrets, mayReadKey, mayReadKeyField } from './context.graphql.ts'
import type { KeyRow, KeySecretRow } from './key.entity.ts'
import {
  type KEY_KINDS,
  type KEY_STATUSES,
  type REVOCATION_REASONS,
  type SECRET_STATES,
  secretStateOf,
  statusOf,
} from './key.ts'
import type { KEY_ORDER_FIELDS } from './key-listing.store.ts'
import { isExpiringSoon, thresholdsOf } from './lifecycle/warning-plan.ts'

export const KeyKindRef = builder.enumType('KeyKind', {
  description: 'Whose a key is.',
  values: {
    API_KEY: { description: 'Of an organization or one of its projects, for machines.' },
    PERSONAL_ACCESS_KEY: { description: 'Of a person.' },
  } satisfies Record<(typeof KEY_KINDS)[number], { description: string }>,
})

const KeyStatusRef = builder.enumType('KeyStatus', {
  description: 'Whether a key works, and why not.',
  values: {
    ACTIVE: { description: 'It works.' },
    SUSPENDED: { description: 'It was stopped for a while, and can be resumed.' },
    EXPIRED: { description: 'Its time is over; a rotation brings it back.' },
    REVOKED: { description: 'It was ended for good.' },
  } satisfies Record<(typeof KEY_STATUSES)[number], { description: string }>,
})

const SecretStateRef = builder.enumType('SecretState', {
  description: 'Whether a secret of a key works.',
  values: {
    CURRENT: { description: 'The newest one.' },
    RETIRING: { description: 'Replaced by a rotation, and working until its overlap ends.' },
    RETIRED: { description: 'No longer working.' },
  } satisfies Record<(typeof SECRET_STATES)[number], { description: string }>,
})

export const RevocationReasonRef = builder.enumType('RevocationReason', {
  description: 'Why a key was revoked.',
  values: {
    UNSPECIFIED: { description: 'Nobody said.' },
    COMPROMISED: { description: 'The secret is known to somebody who should not know it.' },
    SUPERSEDED: { description: 'Another key took its place.' },
    OWNER_LEFT: { description: 'Its owner is no longer a member.' },
    NO_LONGER_NEEDED: { description: 'What used it is gone.' },
    POLICY: { description: 'The key policy wanted it.' },
  } satisfies Record<(typeof REVOCATION_REASONS)[number], { description: string }>,
})

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
      authScopes: (key) => ({ may: { permission: 'readHistory', in: key.organizationId } }),
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

const ApiKeyConnectionRef = createCountedConnection('ApiKey', 'API keys', ApiKeyRef)
const PersonalAccessKeyConnectionRef = createCountedConnection(
  'PersonalAccessKey',
  'personal access keys',
  PersonalAccessKeyRef,
)

export const KeyFilterRef = builder.inputType('KeyFilter', {
  description: 'Which keys to find. What is left out does not filter.',
  fields: (t) => ({
    search: t.string({
      description: "Part of the name, the description or a secret's hint, in any case; or a whole id.",
    }),
    includeSuborganizations: t.boolean({ description: 'Also the keys of the organizations below. Default: false.' }),
    ids: t.idList({ description: 'Only these keys; at most 100 ids. Ids that the list does not have find nothing.' }),
    status: t.field({ type: [KeyStatusRef], description: 'Keys in any of these states; at most 100 items.' }),
    projectId: t.id({ description: 'Keys of this project.' }),
    module: t.string({ description: 'Keys with a role in this module, by name or by *.' }),
    role: t.field({
      type: RoleRef,
      description: 'Keys with at least this role in that module, or in all modules where none is named.',
    }),
    createdById: t.id({ description: 'Keys that this user or API key created.' }),
    createdAfter: t.field({ type: 'DateTime', description: 'Keys created after this instant.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Keys created before this instant.' }),
    expiringBefore: t.field({ type: 'DateTime', description: 'Keys that expire before this instant.' }),
    neverExpires: t.boolean({ description: 'Keys that never expire, or those that do.' }),
    unusedSince: t.field({
      type: 'DateTime',
      description: 'Keys not used since this instant; one that was never used counts from its creation.',
    }),
    conformsToPolicy: t.boolean({
      description: 'Keys whose lifetime the policy would still allow, or those whose lifetime it would not.',
    }),
  }),
})

const KeyOrderFieldRef = builder.enumType('KeyOrderField', {
  description: 'What to order keys by.',
  values: {
    NAME: { description: 'By name, in the order of the characters.' },
    CREATED_AT: { description: 'By creation.' },
    EXPIRES_AT: { description: 'By expiry; those that never expire after all others.' },
    LAST_USED_AT: { description: 'By last use; those that were never used before all others.' },
  } satisfies Record<(typeof KEY_ORDER_FIELDS)[number], { description: string }>,
})
const OrderDirectionRef = builder.enumType('OrderDirection', {
  description: 'Which way to order.',
  values: { ASC: { description: 'Smallest first.' }, DESC: { description: 'Largest first.' } },
})
const KeyOrderRef = builder.inputType('KeyOrder', {
  description: 'How to order keys.',
  fields: (t) => ({
    field: t.field({ type: KeyOrderFieldRef, required: true, description: 'What to order by.' }),
    direction: t.field({ type: OrderDirectionRef, required: true, description: 'Which way.' }),
  }),
})

const KeyConnectionRef = createCountedConnection('Key', 'keys of both kinds', KeyRef)

builder.objectFields(OrganizationRef, (t) => ({
  keys: t.field({
    type: KeyConnectionRef,
    nullable: true,
    description: 'The inventory: its keys of both kinds, newest first where no order is given. Needs keys:manager.',
    args: {
      ...pagingArgs,
      filter: t.arg({ type: KeyFilterRef, description: 'Which keys to show.' }),
      orderBy: t.arg({ type: KeyOrderRef, description: 'How to order them.' }),
    },
    authScopes: ({ id }) => ({ may: { permission: 'readPersonalKeys', in: id } }),
    resolve: ({ id }, { filter, orderBy, ...paging }, context) =>
      context.services.keyQueries.page(callerOf(context), { organizationId: id }, filter ?? {}, orderBy, paging),
  }),
  apiKeys: t.field({
    type: ApiKeyConnectionRef,
    nullable: true,
    description: 'Its API keys, newest first where no order is given. Needs keys:viewer.',
    args: {
      ...pagingArgs,
      filter: t.arg({ type: KeyFilterRef, description: 'Which keys to show.' }),
      orderBy: t.arg({ type: KeyOrderRef, description: 'How to order them.' }),
    },
    authScopes: ({ id }) => ({ may: { permission: 'readKeys', in: id } }),
    resolve: ({ id }, { filter, orderBy, ...paging }, context) =>
      context.services.keyQueries.page(
        callerOf(context),
        { organizationId: id, kind: 'API_KEY' },
        filter ?? {},
        orderBy,
        paging,
      ),
  }),
  personalAccessKeys: t.field({
    type: PersonalAccessKeyConnectionRef,
    nullable: true,
    description: 'The personal access keys of its members, newest first where no order is given. Needs keys:manager.',
    args: {
      ...pagingArgs,
      filter: t.arg({ type: KeyFilterRef, description: 'Which keys to show.' }),
      orderBy: t.arg({ type: KeyOrderRef, description: 'How to order them.' }),
    },
    authScopes: ({ id }) => ({ may: { permission: 'readPersonalKeys', in: id } }),
    resolve: ({ id }, { filter, orderBy, ...paging }, context) =>
      context.services.keyQueries.page(
        callerOf(context),
        { organizationId: id, kind: 'PERSONAL_ACCESS_KEY' },
        filter ?? {},
        orderBy,
        paging,
      ),
  }),
}))

builder.subscriptionField('keyEvents', (t) =>
  t.field({
    type: AuditEventRef,
    description:
      'Every event about the keys of an organization, or about one key, live. Events about personal keys go to those who may read them, events about tokens to those who name their types. Needs keys:viewer.',
    args: {
      organizationId: t.arg.id({ required: true, description: 'The organization.' }),
      keyId: t.arg.id({ description: 'Events about this key alone.' }),
      types: t.arg({ type: [AuditEventTypeRef], description: 'Events of these types alone; at most 100 items.' }),
      after: t.arg({
        type: 'SafeInt',
        description: 'Replay every event with a greater sequence first (0: all), then go on without a gap.',
      }),
    },
    authScopes: (_, { organizationId }) => ({ may: { permission: 'readKeys', in: organizationId } }),
    subscribe: (_, args, context) => context.services.keyEvents.subscribe(callerOf(context), context.connection, args),
    resolve: ({ value }) => value,
  }),
)
