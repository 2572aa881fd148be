import type { Principal } from '../access/principal.ts'
import { ActorKindRef } from '../audit/actor.graphql.ts'
import { loadUser } from '../memberships/context.graphql.ts'
import { UserRef } from '../memberships/members.graphql.ts'
import { loadOrganization } from '../organizations/context.graphql.ts'
import { GrantRef } from '../organizations/grants.graphql.ts'
import { OrganizationRef } from '../organizations/organizations.graphql.ts'
import { builder } from '../schema-kit/builder.ts'
import { callerOf } from '../schema-kit/context.ts'
import { loadKey } from './context.graphql.ts'
import { KeyRef, PersonalAccessKeyRef } from './keys.graphql.ts'

export const ViewerRef = builder.objectRef<Principal>('Viewer').implement({
  description: 'The caller.',
  partOfParent: true,
  fields: (t) => ({
    kind: t.field({
      type: ActorKindRef,
      description: 'Whether the caller is a person or a machine.',
      resolve: (principal) => principal.kind,
    }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The user. Null for a machine.',
      resolve: (principal, _, context) => (principal.kind === 'USER' ? loadUser(context, principal.id) : null),
    }),
    key: t.field({
      type: KeyRef,
      nullable: true,
      description: 'The key that the caller uses, directly or by an access token.',
      resolve: ({ credential }, _, context) => (credential.keyId === null ? null : loadKey(context, credential.keyId)),
    }),
    organizations: t.field({
      type: [OrganizationRef],
      description: 'The topmost organizations that the credential can access. All others are descendants of these.',
      resolve: async (principal, _, context) => {
        const ids = await context.services.access.entryPoints(principal)
        return Promise.all(ids.map((id) => loadOrganization(context, id)))
      },
    }),
    grants: t.field({
      type: [GrantRef],
      description: 'The grants of the caller in an organization.',
      args: { organizationId: t.arg.id({ required: true, description: 'Id of the organization.' }) },
      authScopes: (_, { organizationId }) => ({ sees: organizationId }),
      resolve: (principal, { organizationId }, { services }) => services.access.grantsIn(principal, organizationId),
    }),
    personalAccessKeys: t.field({
      type: [PersonalAccessKeyRef],
      description: 'Personal access keys of the caller, newest first; empty for a machine.',
      resolve: (_, __, context) => context.services.keyQueries.listOwn(callerOf(context)),
    }),
  }),
})

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    description: 'The caller.',
    authScopes: { caller: true },
    resolve: (_, __, context) => callerOf(context).principal,
  }),
)
