import { beforeAll, describe, expect, it } from 'vitest'
import { CreateOrganizationDocument, CreateProjectDocument } from '../../src/generated/graphql.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn } from '../support/history.ts'
import { codeOf, suborganization } from '../support/people.ts'

interface Named {
  readonly name: string
  readonly slug?: string
}

/** What gets a slug; each resolves to the slug that was given, or to the code of the refusal. */
const KINDS = {
  organization: async (app: TestApp, parentId: string, named: Named) => {
    const result = await app.owner.try(CreateOrganizationDocument, { input: { parentId, ...named } })
    return result.data?.createOrganization.organization.slug ?? codeOf(result)
  },
  project: async (app: TestApp, organizationId: string, named: Named) => {
    const result = await app.owner.try(CreateProjectDocument, { input: { organizationId, ...named } })
    return result.data?.createProject.project.slug ?? codeOf(result)
  },
}

describe.each(ENGINES)('on %s', (engine) => {
  const app = useApp({ engine })

  describe.each(['organization', 'project'] as const)('the slug of a new %s', (kind) => {
    let place: string
    beforeAll(async () => {
      place = await suborganization(app, `Place of each ${kind}`)
    })
    const make = (named: Named, where = place) => KINDS[kind](app, where, named)

    it.each([
      ['Mobile App', 'mobile-app'],
      ['  Crème brûlée -- v2!  ', 'creme-brulee-v2'],
      ['東京', kind],
    ])('is derived from the name %s: %s, and numbered if it is taken', async (name, slug) => {
      expect(await make({ name })).toBe(slug)
      expect(await make({ name })).toBe(`${slug}-2`)
      expect(await make({ name })).toBe(`${slug}-3`)
    })

    it('is numbered differently for each of many concurrent creations', async () => {
      const slugs = await Promise.all(Array.from({ length: 6 }, () => make({ name: 'Twin' })))
      expect([...slugs].sort()).toEqual(['twin', 'twin-2', 'twin-3', 'twin-4', 'twin-5', 'twin-6'])
    })

    it('is the requested one, or CONFLICT if that is taken', async () => {
      expect(await make({ name: 'One', slug: 'wanted' })).toBe('wanted')
      expect(await make({ name: 'Wanted' })).toBe('wanted-2')
      const before = await changesIn(app)
      expect(await make({ name: 'Two', slug: 'wanted' })).toBe('CONFLICT')
      expect(await make({ name: 'Three', slug: 'wanted-2' })).toBe('CONFLICT')
      expect(await changesIn(app)).toEqual(before)
    })

    it('is free in every other organization', async () => {
      const elsewhere = await suborganization(app, `Elsewhere of each ${kind}`)
      for (const where of [place, elsewhere]) expect(await make({ name: 'n', slug: 'free' }, where)).toBe('free')
    })

    it.each([
      ['empty', ''],
      ['a hyphen in front', '-a'],
      ['a hyphen behind', 'a-'],
      ['a capital letter', 'aB'],
      ['a space', 'a b'],
      ['an underscore', 'a_b'],
      ['a letter that is not English', 'ä'],
      ['101 characters', 'a'.repeat(101)],
    ])('is rejected if it is malformed: %s', async (_, slug) => {
      const before = await changesIn(app)
      expect(await make({ name: 'n', slug })).toBe('BAD_USER_INPUT')
      expect(await changesIn(app)).toEqual(before)
    })

    it.each(['a', '1-2--3', 'a'.repeat(100)])('is accepted if it is well-formed: %s', async (slug) => {
      expect(await make({ name: 'n', slug })).toBe(slug)
    })
  })

  it('root organizations have a common scope of slugs', async () => {
    const root = async (named: Named) => {
      const result = await app.owner.try(CreateOrganizationDocument, { input: named })
      return result.data?.createOrganization.organization.slug ?? codeOf(result)
    }
    expect(await root({ name: 'Acme' })).toBe('acme')
    expect(await root({ name: 'Acme' })).toBe('acme-2')
    expect(await root({ name: 'Other', slug: 'acme-2' })).toBe('CONFLICT')
    expect(await KINDS.organization(app, app.organizationId, { name: 'Acme' })).toBe('acme')
  })
})
