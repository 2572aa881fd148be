import { beforeAll, describe, expect, it } from 'vitest'
import {
  CreatePersonalAccessKeyDocument,
  type CreatePersonalAccessKeyInput,
  type KeyFilter,
  type KeyOrder,
  RevokeKeyDocument,
  SuspendKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { type Person, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { keyAfterSignIn } from '../support/people.ts'

const HOUR = 3_600

interface Found {
  readonly edges: readonly { readonly node: { readonly name: string } }[]
  readonly totalCount: number
}

/** The list of personal keys, and of keys of both kinds, by all that the list of API keys is found and ordered by. */
describe.each(ENGINES)('a list of personal keys on %s', (engine) => {
  const clock = new ManualClock()
  let ann: Person
  let ben: Person
  let start: Date
  const at = (hours: number) => new Date(start.getTime() + hours * HOUR * 1000).toISOString()

  const app = useApp({ engine, clock })
  beforeAll(async () => {
    ann = await app.person('Ann', [])
    ben = await app.person('Ben', [])
    start = clock.now()
    const { organizationId } = app
    const create = async (person: Person, name: string, more: Partial<CreatePersonalAccessKeyInput> = {}) => {
      clock.advance(HOUR)
      const { createPersonalAccessKey } = await person.client.run(CreatePersonalAccessKeyDocument, {
        input: { organizationId, name, ...more },
      })
      return { id: createPersonalAccessKey.personalAccessKey.id, secret: createPersonalAccessKey.secret }
    }
    // One key an hour, from the first hour on.
    clock.advance(HOUR)
    await keyAfterSignIn(app, ann.userId, { name: 'm laptop', neverExpires: true, description: 'At home' })
    const used = await create(ben, 'm phone', { expiresIn: 'PT9H' })
    const suspended = await create(ann, 'm tablet', { expiresIn: 'P30D' })
    await app.owner.run(SuspendKeyDocument, { id: suspended.id })
    const revoked = await create(ben, 'm watch', { expiresIn: 'P60D' })
    await app.owner.run(RevokeKeyDocument, { input: { id: revoked.id } })
    await create(ann, 'm glasses', { expiresIn: 'P90D' })
    // And an API key that is found like them where both kinds are.
    clock.advance(HOUR)
    await app.apiKey({ name: 'm robot', expiresIn: 'P90D' })
    await app.anonymous.with(used.secret).run(ViewerDocument, {})
    await app.app.parts.usage.flush()
  })

  const find = async (list: 'personalAccessKeys' | 'keys', filter: KeyFilter, orderBy?: KeyOrder) => {
    // The first keys of the members are none of this: they are of before the start.
    const { data, errors } = await app.owner.send<{ organization: Record<string, Found> }>(
      `query ($id: ID!, $filter: KeyFilter, $orderBy: KeyOrder) { organization(id: $id) {
         ${list}(first: 100, filter: $filter, orderBy: $orderBy) { edges { node { name } } totalCount } } }`,
      {
        id: app.organizationId,
        filter: { createdAfter: at(0), ...filter },
        orderBy: orderBy ?? { field: 'CREATED_AT', direction: 'ASC' },
      },
    )
    const found = data?.organization[list]
    if (found === undefined) throw new Error(JSON.stringify(errors))
    expect(found.totalCount).toBe(found.edges.length)
    return found.edges.map(({ node }) => node.name.slice(2))
  }

  const ALL = ['laptop', 'phone', 'tablet', 'watch', 'glasses']

  it.each<[string, () => KeyFilter, string[]]>([
    ['nothing', () => ({}), [...ALL, 'robot']],
    ['a part of the name', () => ({ search: 'M TABLE' }), ['tablet']],
    ['a part of the description', () => ({ search: 'home' }), ['laptop']],
    ['active ones', () => ({ status: ['ACTIVE'] }), ['laptop', 'phone', 'glasses', 'robot']],
    ['states', () => ({ status: ['SUSPENDED', 'REVOKED'] }), ['tablet', 'watch']],
    ['who made them', () => ({ createdById: ann.userId }), ['laptop', 'tablet', 'glasses']],
    ['who else made them', () => ({ createdById: ben.userId }), ['phone', 'watch']],
    ['creation after', () => ({ createdAfter: at(3) }), ['watch', 'glasses', 'robot']],
    ['creation before', () => ({ createdBefore: at(3) }), ['laptop', 'phone']],
    ['expiry before', () => ({ expiringBefore: at(11.001) }), ['phone']],
    ['expiry at the instant', () => ({ expiringBefore: at(11) }), []],
    ['no expiry', () => ({ neverExpires: true }), ['laptop']],
    ['an expiry', () => ({ neverExpires: false }), [...ALL.slice(1), 'robot']],
    ['disuse', () => ({ unusedSince: at(4) }), ['laptop', 'tablet']],
    ['several at once', () => ({ createdById: ann.userId, status: ['ACTIVE'], neverExpires: false }), ['glasses']],
  ])('can be filtered by %s, separately and among keys of both kinds', async (_what, filter, names) => {
    expect(await find('keys', filter())).toEqual(names)
    expect(await find('personalAccessKeys', filter())).toEqual(names.filter((name) => name !== 'robot'))
  })

  it.each<[KeyOrder['field'], string[]]>([
    ['NAME', ['glasses', 'laptop', 'phone', 'robot', 'tablet', 'watch']],
    ['CREATED_AT', ['laptop', 'phone', 'tablet', 'watch', 'glasses', 'robot']],
    ['EXPIRES_AT', ['phone', 'tablet', 'watch', 'glasses', 'robot', 'laptop']],
  ])('can be ordered by %s in both directions', async (field, names) => {
    const personal = names.filter((name) => name !== 'robot')
    expect(await find('keys', {}, { field, direction: 'ASC' })).toEqual(names)
    expect(await find('keys', {}, { field, direction: 'DESC' })).toEqual([...names].reverse())
    expect(await find('personalAccessKeys', {}, { field, direction: 'ASC' })).toEqual(personal)
    expect(await find('personalAccessKeys', {}, { field, direction: 'DESC' })).toEqual([...personal].reverse())
  })

  it.each(['personalAccessKeys', 'keys'] as const)('can be ordered by the last use: %s', async (list) => {
    expect((await find(list, {}, { field: 'LAST_USED_AT', direction: 'ASC' })).at(-1)).toBe('phone')
    expect((await find(list, {}, { field: 'LAST_USED_AT', direction: 'DESC' }))[0]).toBe('phone')
  })

  it('is empty for a project: projects have only API keys', async () => {
    const { data } = await app.owner.send<{ createProject: { project: { id: string } } }>(
      'mutation ($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }',
      { input: { organizationId: app.organizationId, name: 'Mobile' } },
    )
    const projectId = data?.createProject.project.id ?? ''
    await app.apiKey({ name: 'm builder', projectId })
    expect(await find('keys', { projectId })).toEqual(['builder'])
    expect(await find('personalAccessKeys', { projectId })).toEqual([])
  })
})
