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
  description: 'Filter for keys. A field that is omitted does not filter.',
  fields: (t) => ({
    search: t.string({
      description: "Part of the name, the description or a secret's hint, in any case; or a whole id.",
    }),
    includeSuborganizations: t.boolean({ description: 'Include the keys of sub-organizations. Default: false.' }),
    ids: t.idList({ description: 'Only these keys; at most 100 ids. Ids of other keys are ignored.' }),
    status: t.field({ type: [KeyStatusRef], description: 'Keys with any of these statuses; at most 100 items.' }),
    projectId: t.id({ description: 'Keys of this project.' }),
    module: t.string({ description: 'Keys with a role in this module, by name or by *.' }),
    role: t.field({
      type: RoleRef,
      description: 'Keys with at least this role in `module`, or else in any module.',
    }),
    createdById: t.id({ description: 'Keys that this user or API key created.' }),
    createdAfter: t.field({ type: 'DateTime', description: 'Keys created after this instant.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Keys created before this instant.' }),
    expiringBefore: t.field({ type: 'DateTime', description: 'Keys that expire before this instant.' }),
    neverExpires: t.boolean({ description: 'True for keys that never expire, false for keys that do.' }),
    unusedSince: t.field({
      type: 'DateTime',
      description: 'Keys whose last use, or creation if they were never used, is before this instant.',
    }),
    conformsToPolicy: t.boolean({
      description: 'True for keys whose lifetime the policy allows today, false for the others.',
    }),
  }),
})

const KeyOrderFieldRef = builder.enumType('KeyOrderField', {
  description: 'Field to order keys by.',
  values: {
    NAME: { description: 'By name, in code point order.' },
    CREATED_AT: { description: 'By creation.' },
    EXPIRES_AT: { description: 'By expiry. Keys that never expire sort last.' },
    LAST_USED_AT: { description: 'By last use. Keys that were never used sort first.' },
  } satisfies Record<(typeof KEY_ORDER_FIELDS)[number], { description: string }>,
})
const OrderDirectionRef = builder.enumType('OrderDirection', {
  description: 'Direction of an order.',
  values: { ASC: { description: 'Smallest first.' }, DESC: { description: 'Largest first.' } },
})
const KeyOrderRef = builder.inputType('KeyOrder', {
  description: 'Order of keys.',
  fields: (t) => ({
    field: t.field({ type: KeyOrderFieldRef, required: true, description: 'Field to order by.' }),
    direction: t.field({ type: OrderDirectionRef, required: true, description: 'Direction.' }),
  }),
})

const keyListArgs = builder.args((t) => ({
  filter: t.field({ type: KeyFilterRef, description: 'Filter. Default: all keys.' }),
  orderBy: t.field({ type: KeyOrderRef, description: 'Order. Default: newest first.' }),
}))

const KeyConnectionRef = createCountedConnection('Key', 'keys of both kinds', KeyRef)

builder.objectFields(OrganizationRef, (t) => ({
  keys: t.field({
    type: KeyConnectionRef,
    nullable: true,
    description: 'Keys of both kinds. Requires `keys:manager`.',
    args: { ...pagingArgs, ...keyListArgs },
    authScopes: ({ id }) => ({ may: { permission: 'readPersonalKeys', in: id } }),
    resolve: ({ id }, { filter, orderBy, ...paging }, context) =>
      context.services.keyQueries.page(callerOf(context), { organizationId: id }, filter ?? {}, orderBy, paging),
  }),
  apiKeys: t.field({
    type: ApiKeyConnectionRef,
    nullable: true,
    description: 'API keys of the organization. Requires `keys:viewer`.',
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
    description: 'Personal access keys of the members. Requires `keys:manager`.',
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
