import type { Grant, ROLES } from '../kernel/grants.ts'
import { builder } from '../schema-kit/builder.ts'

export const RoleRef = builder.enumType('Role', {
  description: 'A level of access in a module. Each role includes the roles before it.',
  values: {
    VIEWER: { description: 'Read access.' },
    OPERATOR: { description: 'Day-to-day work.' },
    MANAGER: { description: 'Full access to the module.' },
    OWNER: { description: 'Full access to everything. Only members can hold it, and only in all modules.' },
  } satisfies Record<(typeof ROLES)[number], { description: string }>,
})

export const GrantRef = builder.objectRef<Grant>('Grant').implement({
  description: 'A role in a module, held by a member or a key.',
  partOfParent: true,
  fields: (t) => ({
    module: t.exposeString('module', { description: 'Name of the module, or `*` for all modules.' }),
    role: t.field({
      type: RoleRef,
      description: 'The role in the module.',
      resolve: (grant) => grant.role,
    }),
  }),
})

export const GrantInputRef = builder.inputType('GrantInput', {
  description: 'A role in a module.',
  fields: (t) => ({
    module: t.string({ required: true, description: 'Name of a module of the organization, or `*` for all modules.' }),
    role: t.field({ type: RoleRef, required: true, description: 'The role in the module.' }),
  }),
})
