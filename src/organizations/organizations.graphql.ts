import { AuditEventConnectionRef, AuditEventFilterRef, AuditVerificationRef } from '../audit/audit.graphql.ts'
import type { Grant, ROLES } from '../kernel/grants.ts'
import { checkId } from '../kernel/ids.ts'
import { builder } from '../schema-kit/builder.ts'
import { pagingArgs } from '../schema-kit/connections.ts'
import { callerOf, continueAs } from '../schema-kit/context.ts'
import type { PriceExtension } from '../schema-kit/field-prices.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import { loadOrganization } from './context.graphql.ts'
import type { ModuleRow, OrganizationRow, ProjectRow } from './organization.entity.ts'

export const RoleRef = builder.enumType('Role', {
  description: 'Ordered: each role includes the ones before it.',
  values: {
    VIEWER: { description: 'May look.' },
    OPERATOR: { description: 'May do the daily work.' },
    MANAGER: { description: 'May do everything in the module.' },
    OWNER: { description: 'May do everything everywhere; for members alone, over every module at once.' },
  } satisfies Record<(typeof ROLES)[number], { description: string }>,
})

export const GrantRef = builder.objectRef<Grant>('Grant').implement({
  description: 'What a member or a key may do: a role in a module. Module * means every module.',
  partOfParent: true,
  fields: (t) => ({
    module: t.exposeString('module', { description: 'Name of the module, or *.' }),
    role: t.field({
      type: RoleRef,
      description: 'The role in it.',
      resolve: (grant) => grant.role,
    }),
  }),
})

export const GrantInputRef = builder.inputType('GrantInput', {
  description: 'A role in a module.',
  fields: (t) => ({
    module: t.string({ required: true, description: 'Name of a module of the organization, or * for all.' }),
    role: t.field({ type: RoleRef, required: true, description: 'The role in it.' }),
  }),
})

const ModuleRef = builder.objectRef<ModuleRow>('Module').implement({
  description:
    "An area of the customer's own product in which roles are granted (build, distribution, ...), or one of Keyturn's own.",
  interfaces: [NodeRef],
  partOfParent: true,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What grants call it.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it is about.',
    }),
    builtIn: t.exposeBoolean('builtIn', { description: "Whether it is Keyturn's own." }),
  }),
})

export const OrganizationRef = builder.objectRef<OrganizationRow>('Organization')

export const ProjectRef = builder.objectRef<ProjectRow>('Project').implement({
  description: 'A part of an organization that can own API keys.',
  interfaces: [NodeRef],
  authScopes: (project) => ({ sees: project.organizationId }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What people call it.' }),
    slug: t.exposeString('slug', { description: 'Short name, unique in the organization.' }),
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization that it is part of.',
      resolve: (project, _, context) => loadOrganization(context, project.organizationId),
    }),
  }),
})

builder.objectType(OrganizationRef, {
  description:
    'Who owns keys: a root organization, or one below another. What is granted in one holds in all below it.',
  interfaces: [NodeRef],
  authScopes: (organization) => ({ sees: organization.id }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What people call it.' }),
    slug: t.exposeString('slug', { description: 'Short name, unique among its siblings.' }),
    parent: t.field({
      type: OrganizationRef,
      nullable: true,
      description: 'The organization above it; null for a root, and for those who do not belong to the one above.',
      resolve: async ({ parentId }, _, context) => {
        if (parentId === null || context.principal === null) return null
        const seen = await context.services.access.sees(context.principal, parentId)
        return seen ? loadOrganization(context, parentId) : null
      },
    }),
    suborganizations: t.field({
      type: [OrganizationRef],
      description: 'The organizations right below it, by name.',
      resolve: ({ id }, _, context) => context.services.organizations.listSuborganizations(callerOf(context), id),
    }),
    projects: t.field({
      type: [ProjectRef],
      description: 'Its projects, by name.',
      resolve: ({ id }, _, context) => context.services.organizations.listProjects(callerOf(context), id),
    }),
    modules: t.field({
      type: [ModuleRef],
      description:
        'The modules in which roles can be granted here: the built-in ones, and those that its root defined.',
      resolve: ({ id }, _, context) => context.services.organizations.listModules(callerOf(context), id),
    }),
    auditEvents: t.field({
      type: AuditEventConnectionRef,
      nullable: true,
      description: 'Its audit history, newest first. Needs audit:viewer.',
      args: {
        ...pagingArgs,
        filter: t.arg({ type: AuditEventFilterRef, description: 'Which events to show.' }),
      },
      authScopes: ({ id }) => ({ may: { permission: 'readHistory', in: id } }),
      resolve: ({ id }, { filter, ...paging }, context) =>
        context.services.audit.page(callerOf(context), id, filter ?? {}, paging),
    }),
    auditVerification: t.field({
      type: AuditVerificationRef,
      nullable: true,
      description:
        'Verifies the hash chain of its audit history, and that it contains what its newest checkpoint signed. Histories of up to 5,000 events are verified whole each time; longer ones at most every ten minutes, and in parts in between. Needs audit:manager.',
      // Five in one operation, with what is around them, are refused.
      extensions: { price: 10_000 } satisfies PriceExtension,
      authScopes: ({ id }) => ({ may: { permission: 'verifyHistory', in: id } }),
      resolve: ({ id }, _, context) => context.services.audit.verify(callerOf(context), id),
    }),
  }),
})

registerNode('organization', {
  typeOf: () => 'Organization',
  find: (id, context) => context.services.organizations.find(callerOf(context), id),
})
registerNode('project', {
  typeOf: () => 'Project',
  find: (id, context) => context.services.organizations.findProject(callerOf(context), id),
})
registerNode('module', {
  typeOf: () => 'Module',
  find: (id, context) => context.services.organizations.findModule(callerOf(context), id),
})

builder.queryField('organization', (t) =>
  t.field({
    type: OrganizationRef,
    nullable: true,
    description: 'An organization that the caller belongs to, itself or through one above it.',
    args: { id: t.arg.id({ required: true, description: 'Id of the organization.' }) },
    authScopes: { caller: true },
    resolve: (_, { id }, context) => context.services.organizations.find(callerOf(context), id),
  }),
)

const CreateOrganizationInput = builder.inputType('CreateOrganizationInput', {
  description: 'A new organization.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What people call it: 1 to 100 characters.' }),
    slug: t.string({ description: 'Short name, unique among its siblings; made from the name where none is given.' }),
    parentId: t.id({ description: 'The organization above it; none for a root organization.' }),
  }),
})
const DefineModuleInput = builder.inputType('DefineModuleInput', {
  description: "A module of the customer's own product.",
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'The root organization.' }),
    name: t.string({
      required: true,
      description: 'What grants call it: a to z, 0 to 9, _ and -, beginning with a letter.',
    }),
    description: t.string({ description: 'What it is about: at most 1,000 characters.' }),
  }),
})
const CreateProjectInput = builder.inputType('CreateProjectInput', {
  description: 'A new project.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'The organization that it is part of.' }),
    name: t.string({ required: true, description: 'What people call it: 1 to 100 characters.' }),
    slug: t.string({ description: 'Short name, unique in the organization; made from the name where none is given.' }),
  }),
})

const CreateOrganizationPayload = builder
  .objectRef<{ organization: OrganizationRow }>('CreateOrganizationPayload')
  .implement({
    description: 'The organization that was created.',
    partOfParent: true,
    fields: (t) => ({
      organization: t.field({
        type: OrganizationRef,
        description: 'The new organization.',
        resolve: (payload) => payload.organization,
      }),
    }),
  })
const DefineModulePayload = builder.objectRef<{ module: ModuleRow }>('DefineModulePayload').implement({
  description: 'The module that was defined.',
  partOfParent: true,
  fields: (t) => ({
    module: t.field({
      type: ModuleRef,
      description: 'The new module.',
      resolve: (payload) => payload.module,
    }),
  }),
})
const CreateProjectPayload = builder.objectRef<{ project: ProjectRow }>('CreateProjectPayload').implement({
  description: 'The project that was created.',
  partOfParent: true,
  fields: (t) => ({
    project: t.field({
      type: ProjectRef,
      description: 'The new project.',
      resolve: (payload) => payload.project,
    }),
  }),
})

builder.mutationFields((t) => ({
  createOrganization: t.field({
    type: CreateOrganizationPayload,
    description:
      'Creates an organization. Needs members:manager in its parent; a root organization needs a server-wide owner, who becomes its owner.',
    args: { input: t.arg({ type: CreateOrganizationInput, required: true, description: 'The organization.' }) },
    authScopes: (_, { input }) => {
      if (input.parentId == null) return { caller: true }
      checkId('organization', input.parentId, 'parentId')
      return { may: { permission: 'manageOrganization', in: input.parentId } }
    },
    resolve: async (_, { input }, context) => {
      const organization = await context.services.organizations.create(callerOf(context), input)
      continueAs(context, (await context.connection.credential?.recheck()) ?? null)
      return { organization }
    },
  }),
  defineModule: t.field({
    type: DefineModulePayload,
    description:
      'Defines a module in which roles can be granted, in a root organization and all below it. Needs members:manager.',
    args: { input: t.arg({ type: DefineModuleInput, required: true, description: 'The module.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'manageOrganization', in: input.organizationId } }),
    resolve: async (_, { input }, context) => ({
      module: await context.services.organizations.defineModule(callerOf(context), input),
    }),
  }),
  createProject: t.field({
    type: CreateProjectPayload,
    description: 'Creates a project. Needs members:manager.',
    args: { input: t.arg({ type: CreateProjectInput, required: true, description: 'The project.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'manageOrganization', in: input.organizationId } }),
    resolve: async (_, { input }, context) => ({
      project: await context.services.organizations.createProject(callerOf(context), input),
    }),
  }),
}))
