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
  description: 'Filter for keys. A key must match every field that is set; an omitted field does not filter.',
  fields: (t) => ({
    search: t.string({
      description:
        'Part of the name, the description or the hint of a secret, case-insensitive; or a complete id. At most 200 characters.',
    }),
    includeSuborganizations: t.boolean({ description: 'Include the keys of sub-organizations. Default: false.' }),
    ids: t.idList({ description: 'Only keys with these ids; at most 100. Ids of keys outside the list are ignored.' }),
    status: t.field({ type: [KeyStatusRef], description: 'Only keys with one of these statuses; at most 100.' }),
    projectId: t.id({ description: 'Only keys that this project owns.' }),
    module: t.string({ description: 'Only keys with a role in this module, by name or by `*`.' }),
    role: t.field({
      type: RoleRef,
      description: 'Only keys with at least this role in `module`, or in any module if `module` is not set.',
    }),
    createdById: t.id({ description: 'Only keys that this user or API key created.' }),
    createdAfter: t.field({ type: 'DateTime', description: 'Only keys created after this time.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Only keys created before this time.' }),
    expiringBefore: t.field({ type: 'DateTime', description: 'Only keys that expire, or expired, before this time.' }),
    neverExpires: t.boolean({ description: 'True: only keys that never expire. False: only keys that do.' }),
    unusedSince: t.field({
      type: 'DateTime',
      description: 'Only keys whose last use, or creation if they were never used, was before this time.',
    }),
    conformsToPolicy: t.boolean({
      description: 'True: only keys whose lifetime the current policy allows. False: only the others.',
    }),
  }),
})

const KeyOrderFieldRef = builder.enumType('KeyOrderField', {
  description: 'Field to sort keys by.',
  values: {
    NAME: { description: 'Name, in Unicode code point order.' },
    CREATED_AT: { description: 'Time of creation.' },
    EXPIRES_AT: { description: 'Time of expiry. Keys that never expire are last in ascending order.' },
    LAST_USED_AT: { description: 'Time of the last use. Keys that were never used are first in ascending order.' },
  } satisfies Record<(typeof KEY_ORDER_FIELDS)[number], { description: string }>,
})
const OrderDirectionRef = builder.enumType('OrderDirection', {
  description: 'Sort direction.',
  values: {
    ASC: { description: 'Ascending: smallest or earliest first.' },
    DESC: { description: 'Descending: largest or latest first.' },
  },
})
const KeyOrderRef = builder.inputType('KeyOrder', {
  description: 'Sort order of a list of keys.',
  fields: (t) => ({
    field: t.field({ type: KeyOrderFieldRef, required: true, description: 'Field to sort by.' }),
    direction: t.field({ type: OrderDirectionRef, required: true, description: 'Sort direction.' }),
  }),
})

const keyListArgs = builder.args((t) => ({
  filter: t.field({ type: KeyFilterRef, description: 'Returns only the keys that match. Default: all keys.' }),
  orderBy: t.field({ type: KeyOrderRef, description: 'Sort order. Default: newest first.' }),
}))

const KeyConnectionRef = createCountedConnection('Key', 'keys of both kinds', KeyRef)

builder.objectFields(OrganizationRef, (t) => ({
  keys: t.field({
    type: KeyConnectionRef,
    nullable: true,
    description: 'The API keys and personal access keys of the organization. Requires `keys:manager`.',
    args: { ...pagingArgs, ...keyListArgs },
    authScopes: ({ id }) => ({ may: { permission: 'readPersonalKeys', in: id } }),
    resolve: ({ id }, { filter, orderBy, ...paging }, context) =>
      context.services.keyQueries.page(callerOf(context), { organizationId: id }, filter ?? {}, orderBy, paging),
  }),
  apiKeys: t.field({
    type: ApiKeyConnectionRef,
    nullable: true,
    description: 'The API keys of the organization and its projects. Requires `keys:viewer`.',
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
    description: 'The personal access keys that members created in the organization. Requires `keys:manager`.',
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
