import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import type { ModuleRow } from './organization.entity.ts'
import { OrganizationRef } from './organizations.graphql.ts'

const ModuleRef = builder.objectRef<ModuleRow>('Module').implement({
  description:
    "An area in which roles are granted: one of Keyturn's built-in modules, or an area of the customer's own product, such as `build` or `distribution`.",
  interfaces: [NodeRef],
  partOfParent: true,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the module in grants.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'Purpose of the module.',
    }),
    builtIn: t.exposeBoolean('builtIn', { description: 'Whether the module is built into Keyturn.' }),
  }),
})

registerNode('module', {
  typeOf: () => 'Module',
  find: (id, context) => context.services.organizations.findModule(callerOf(context), id),
})

builder.objectField(OrganizationRef, 'modules', (t) =>
  t.field({
    type: [ModuleRef],
    description: 'The modules in which roles can be granted: the built-in ones and those of the root organization.',
    resolve: ({ id }, _, context) => context.services.organizations.listModules(callerOf(context), id),
  }),
)

const DefineModuleInput = builder.inputType('DefineModuleInput', {
  description: "A new module of the customer's own product.",
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'Id of the root organization.' }),
    name: t.string({
      required: true,
      description: 'Name of the module in grants: 1 to 50 characters of a-z, 0-9, `_` and `-`, starting with a letter.',
    }),
    description: t.string({ description: 'Purpose of the module, at most 1,000 characters.' }),
  }),
})

const DefineModulePayload = builder.objectRef<{ module: ModuleRow }>('DefineModulePayload').implement({
  description: 'Result of `defineModule`.',
  partOfParent: true,
  fields: (t) => ({
    module: t.field({
      type: ModuleRef,
      description: 'The defined module.',
      resolve: (payload) => payload.module,
    }),
  }),
})

builder.mutationField('defineModule', (t) =>
  t.field({
    type: DefineModulePayload,
    description:
      'Defines a module in which roles can be granted, in a root organization and all of its descendants. Requires `members:manager`.',
    args: { input: t.arg({ type: DefineModuleInput, required: true, description: 'The module.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'manageOrganization', in: input.organizationId } }),
    resolve: async (_, { input }, context) => ({
      module: await context.services.defineModule.define(callerOf(context), input),
    }),
  }),
)
