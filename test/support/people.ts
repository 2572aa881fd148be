import { causeOf } from '../../src/audit/caller.ts'
import { CreateOrganizationDocument, type GrantInput, MembersDocument } from '../../src/generated/graphql.ts'
import type { CreatePersonalKeyInput } from '../../src/keys/lifecycle/create-key.ts'
import { memberPrincipal } from '../../src/memberships/member-principal.ts'
import { findUser, listMembershipsOf } from '../../src/memberships/members.store.ts'
import type { TestApp } from './boot.ts'
import type { Result, TestClient } from './client.ts'

/** A grant, from the text that scopes and histories have for it: `keys:viewer`. */
export const grant = (text: string): GrantInput => {
  const [module = '', role = ''] = text.split(':')
  return { module, role: role.toUpperCase() as GrantInput['role'] }
}

export const grantText = ({ module, role }: GrantInput): string => `${module}:${role.toLowerCase()}`

/** The code of an answer's first error, or `done` where there is none. */
export const codeOf = ({ errors }: Result<unknown>): string => errors?.[0]?.extensions.code ?? 'done'

/** A new organization below another, or below the first one; its id. */
export const suborganization = async (
  app: TestApp,
  name: string,
  parentId: string = app.organizationId,
): Promise<string> => {
  const { createOrganization } = await app.owner.run(CreateOrganizationDocument, { input: { name, parentId } })
  return createOrganization.organization.id
}

/** The first hundred members of an organization, as a caller sees them. */
export const membersOf = async (client: TestClient, organizationId: string) => {
  const { organization } = await client.run(MembersDocument, { organizationId, first: 100 })
  return organization?.members?.edges.map(({ node }) => node) ?? []
}

/** The id of somebody's membership, or of the one that is inherited, as the owner of the service sees it. */
export const memberIdOf = async (
  app: TestApp,
  userId: string,
  organizationId: string = app.organizationId,
): Promise<string> => {
  const member = (await membersOf(app.owner, organizationId)).find(({ user }) => user.id === userId)
  if (member === undefined) throw new Error(`User ${userId} is no member of ${organizationId}.`)
  return member.id
}

/**
 * A personal key that somebody created after a sign-in at the identity provider. Other than the keys that are made with
 * their first key, it grows with its owner and may live for as long as the policy allows.
 */
export const keyAfterSignIn = async (
  app: TestApp,
  userId: string,
  input: Omit<CreatePersonalKeyInput, 'organizationId'> & { readonly organizationId?: string },
) => {
  const { database, createKey } = app.app.parts.services
  const principal = await database.read(async (reader) => {
    const user = await findUser(reader, userId)
    return user === null ? null : memberPrincipal(user, await listMembershipsOf(reader, userId), null)
  })
  if (principal === null) throw new Error(`${userId} is no member.`)
  const cause = causeOf(principal, { requestId: null, ipAddress: null, userAgent: null })
  const wanted = { organizationId: app.organizationId, ...input }
  const { key, secret } = await createKey.createPersonalKey({ principal, cause }, wanted)
  return { id: key.id, secret, client: app.anonymous.with(secret) }
}
