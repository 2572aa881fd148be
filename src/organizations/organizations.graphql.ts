import { AuditEventConnectionRef, AuditEventFilterRef, AuditVerificationRef } from '../audit/audit.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { pagingArgs } from '../schema-kit/connections.ts'
import { callerOf } from '../schema-kit/context.ts'
import type { PriceExtension } from '../schema-kit/field-prices.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import { loadOrganization } from './context.graphql.ts'
import type { OrganizationRow } from './organization.entity.ts'

export const OrganizationRef = builder.objectRef<OrganizationRow>('Organization')

builder.objectType(OrganizationRef, {
  description:
    'An owner of keys: a root organization or a sub-organization. Grants in an organization also apply to all of its descendants.',
  interfaces: [NodeRef],
  authScopes: (organization) => ({ sees: organization.id }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Display name.' }),
    slug: t.exposeString('slug', { description: 'Short name, unique among the children of the parent.' }),
    parent: t.field({
      type: OrganizationRef,
      nullable: true,
      description:
        'The parent organization. Null for a root organization, and if the caller does not belong to the parent.',
      resolve: async ({ parentId }, _, context) => {
        if (parentId === null || context.principal === null) return null
        const isVisible = await context.services.access.sees(context.principal, parentId)
        return isVisible ? loadOrganization(context, parentId) : null
      },
    }),
    suborganizations: t.field({
      type: [OrganizationRef],
      description: 'The direct children, by name.',
      resolve: ({ id }, _, context) => context.services.organizations.listSuborganizations(callerOf(context), id),
    }),
    auditEvents: t.field({
      type: AuditEventConnectionRef,
      nullable: true,
      description: 'The audit log, newest event first. Requires `audit:viewer`.',
      args: {
        ...pagingArgs,
        filter: t.arg({ type: AuditEventFilterRef, description: 'Returns only the events that match.' }),
      },
      authScopes: ({ id }) => ({ may: { permission: 'readAuditLog', in: id } }),
      resolve: ({ id }, { filter, ...paging }, context) =>
        context.services.audit.page(callerOf(context), id, filter ?? {}, paging),
    }),
    auditVerification: t.field({
      type: AuditVerificationRef,
      nullable: true,
      description:
        'Verifies the hash chain of the audit log, and that the log contains everything that its newest checkpoint signed. A log of up to 5,000 events is verified completely each time; a longer one at most every ten minutes, and incrementally in between. Requires `audit:manager`.',
      // Five in one operation, with the fields around them, are rejected.
      extensions: { price: 10_000 } satisfies PriceExtension,
      authScopes: ({ id }) => ({ may: { permission: 'verifyAuditLog', in: id } }),
      resolve: ({ id }, _, context) => context.services.audit.verify(callerOf(context), id),
    }),
  }),
})

registerNode('organization', {
  typeOf: () => 'Organization',
  find: (id, context) => context.services.organizations.find(callerOf(context), id),
})

builder.queryField('organization', (t) =>
  t.field({
    type: OrganizationRef,
    nullable: true,
    description: 'An organization that the caller belongs to, directly or through an ancestor.',
    args: { id: t.arg.id({ required: true, description: 'Id of the organization.' }) },
    authScopes: { caller: true },
    resolve: (_, { id }, context) => context.services.organizations.find(callerOf(context), id),
  }),
)
