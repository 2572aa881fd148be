import type { KeyturnClient } from '../../client/client.ts'
import { OrganizationNameDocument, type SessionQuery, SuborganizationsDocument } from '../../generated/graphql.ts'
import { isId } from '../../kernel/ids.ts'
import { failed } from '../command-error.ts'

export interface OrganizationName {
  readonly id: string
  readonly name: string
  readonly slug: string
}

/** Largest number of organizations that are searched for a slug. */
const MOST_SEARCHED = 1_000

/**
 * Finds an organization by id or slug; without a request, that of the caller's key. Throws CommandError (1) if there is none
 * that the caller may see, or if several have the slug.
 */
export const findOrganization = async (
  client: KeyturnClient,
  viewer: SessionQuery['viewer'],
  requested: string | undefined,
): Promise<OrganizationName> => {
  if (requested === undefined) return defaultOrganization(viewer)
  if (isId('organization', requested)) {
    const { organization } = await client.execute(OrganizationNameDocument, { id: requested })
    if (organization === null) throw failed(`There is no organization ${requested}, or you may not see it.`)
    return organization
  }
  const found = (await reachableOrganizations(client, viewer)).filter(({ slug }) => slug === requested)
  const [first] = found
  if (first === undefined) throw failed(`There is no organization ${requested}, or you may not see it.`)
  if (found.length > 1)
    throw failed(
      `Several organizations are called ${requested}: pass the id of one (${found.map(({ id }) => id).join(', ')}).`,
    )
  return first
}

const defaultOrganization = (viewer: SessionQuery['viewer']): OrganizationName => {
  if (viewer.key !== null) return viewer.key.organization
  const [only, ...others] = viewer.organizations
  if (only === undefined || others.length > 0) throw failed('Choose an organization with --organization ID or slug.')
  return only
}

/** The organizations that the caller belongs to and those below them, level by level. */
const reachableOrganizations = async (
  client: KeyturnClient,
  viewer: SessionQuery['viewer'],
): Promise<OrganizationName[]> => {
  const reached: OrganizationName[] = [...viewer.organizations]
  for (let index = 0; index < reached.length; index += 1) {
    const { organization } = await client.execute(SuborganizationsDocument, { id: reached[index]?.id ?? '' })
    reached.push(...(organization?.suborganizations ?? []))
    if (reached.length > MOST_SEARCHED)
      throw failed(`You may see more than ${MOST_SEARCHED} organizations: pass the id of one with --organization.`)
  }
  return reached
}
