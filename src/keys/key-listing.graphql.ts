import { RoleRef } from '../organizations/grants.graphql.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { createCountedConnection, pagingArgs } from '../schema-kit/connections.ts'
import { callerOf } from '../schema-kit/context.ts'
import { KeyStatusRef } from './key-enums.graphql.ts'
import type { KEY_ORDER_FIELDS } from './key-pages.store.ts'
import { ApiKeyRef, KeyRef, PersonalAccessKeyRef } from './keys.graphql.ts'

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

const keyListArgs = builder.args((t) => ({
  filter: t.field({ type: KeyFilterRef, description: 'Which keys to show.' }),
  orderBy: t.field({ type: KeyOrderRef, description: 'How to order them.' }),
}))

const KeyConnectionRef = createCountedConnection('Key', 'keys of both kinds', KeyRef)

builder.objectFields(OrganizationRef, (t) => ({
  keys: t.field({
    type: KeyConnectionRef,
    nullable: true,
    description: 'The inventory: its keys of both kinds, newest first where no order is given. Needs keys:manager.',
    args: { ...pagingArgs, ...keyListArgs },
    authScopes: ({ id }) => ({ may: { permission: 'readPersonalKeys', in: id } }),
    resolve: ({ id }, { filter, orderBy, ...paging }, context) =>
      context.services.keyQueries.page(callerOf(context), { organizationId: id }, filter ?? {}, orderBy, paging),
  }),
  apiKeys: t.field({
    type: ApiKeyConnectionRef,
    nullable: true,
    description: 'Its API keys, newest first where no order is given. Needs keys:viewer.',
    args: { ...pagingArgs, ...keyListArgs },
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
    args: { ...pagingArgs, ...keyListArgs },
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
