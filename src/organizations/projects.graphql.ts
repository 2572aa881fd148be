import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import { loadOrganization } from './context.graphql.ts'
import type { ProjectRow } from './organization.entity.ts'
import { OrganizationRef } from './organizations.graphql.ts'

export const ProjectRef = builder.objectRef<ProjectRow>('Project').implement({
  description: 'A part of an organization that can own API keys.',
  interfaces: [NodeRef],
  authScopes: (project) => ({ sees: project.organizationId }),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Display name.' }),
    slug: t.exposeString('slug', { description: 'Short name, unique in the organization.' }),
    organization: t.field({
      type: OrganizationRef,
      description: 'The organization that the project belongs to.',
      resolve: (project, _, context) => loadOrganization(context, project.organizationId),
    }),
  }),
})

registerNode('project', {
  typeOf: () => 'Project',
  find: (id, context) => context.services.organizations.findProject(callerOf(context), id),
})

builder.objectField(OrganizationRef, 'projects', (t) =>
  t.field({
    type: [ProjectRef],
    description: 'The projects of the organization, by name.',
    resolve: ({ id }, _, context) => context.services.organizations.listProjects(callerOf(context), id),
  }),
)

const CreateProjectInput = builder.inputType('CreateProjectInput', {
  description: 'A new project.',
  fields: (t) => ({
    organizationId: t.id({ required: true, description: 'Id of the organization that the project belongs to.' }),
    name: t.string({ required: true, description: 'Display name, 1 to 100 characters.' }),
    slug: t.string({
      description:
        'Short name: 1 to 100 characters of a-z, 0-9 and inner hyphens, unique in the organization. Default: derived from the name.',
    }),
  }),
})

const CreateProjectPayload = builder.objectRef<{ project: ProjectRow }>('CreateProjectPayload').implement({
  description: 'Result of `createProject`.',
  partOfParent: true,
  fields: (t) => ({
    project: t.field({
      type: ProjectRef,
      description: 'The created project.',
      resolve: (payload) => payload.project,
    }),
  }),
})

builder.mutationField('createProject', (t) =>
  t.field({
    type: CreateProjectPayload,
    description: 'Creates a project. Requires `members:manager`.',
    args: { input: t.arg({ type: CreateProjectInput, required: true, description: 'The project.' }) },
    authScopes: (_, { input }) => ({ may: { permission: 'manageOrganization', in: input.organizationId } }),
    resolve: async (_, { input }, context) => ({
      project: await context.services.createProject.create(callerOf(context), input),
    }),
  }),
)
