import { checkId } from '../kernel/ids.ts'
import type { OrganizationRow } from '../organizations/organization.entity.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf, continueAs } from '../schema-kit/context.ts'
import type { CreateOrganization } from './create-organization.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly createOrganization: CreateOrganization
  }
}

const CreateOrganizationInput = builder.inputType('CreateOrganizationInput', {
  description: 'A new organization.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Display name, 1 to 100 characters.' }),
    slug: t.string({
      description:
        'Short name: 1 to 100 characters of a-z, 0-9 and inner hyphens, unique among the children of the parent. Default: derived from the name.',
    }),
    parentId: t.id({ description: 'Id of the parent organization. Omit it to create a root organization.' }),
  }),
})

const CreateOrganizationPayload = builder
  .objectRef<{ organization: OrganizationRow }>('CreateOrganizationPayload')
  .implement({
    description: 'Result of `createOrganization`.',
    partOfParent: true,
    fields: (t) => ({
      organization: t.field({
        type: OrganizationRef,
        description: 'The created organization.',
        resolve: (payload) => payload.organization,
      }),
    }),
  })

builder.mutationField('createOrganization', (t) =>
  t.field({
    type: CreateOrganizationPayload,
    description:
      'Creates an organization. A sub-organization requires `members:manager` in its parent. A root organization requires a server-wide owner, who becomes its owner.',
    args: { input: t.arg({ type: CreateOrganizationInput, required: true, description: 'The organization.' }) },
    authScopes: (_, { input }) => {
      if (input.parentId == null) return { caller: true }
      checkId('organization', input.parentId, 'parentId')
      return { may: { permission: 'manageOrganization', in: input.parentId } }
    },
    resolve: async (_, { input }, context) => {
      const organization = await context.services.createOrganization.create(callerOf(context), input)
      // The caller may have become its owner, and the answer shows what they can read now.
      continueAs(context, (await context.connection.credential?.recheck()) ?? null)
      return { organization }
    },
  }),
)
