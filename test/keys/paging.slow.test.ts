import { beforeAll, describe, expect, it } from 'vitest'
import {
  ApiKeysDocument,
  CreateApiKeyDocument,
  CreatePersonalAccessKeyDocument,
  type KeyOrder,
  PersonalAccessKeysDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'

const FIELDS = ['NAME', 'CREATED_AT', 'EXPIRES_AT', 'LAST_USED_AT'] as const
const DIRECTIONS = ['ASC', 'DESC'] as const
const ORDERS = FIELDS.flatMap((field) => DIRECTIONS.map((direction) => ({ field, direction })))

interface Listed {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly lastUsedAt: string
}

describe.each(ENGINES)('a list of keys, page by page, on %s', (engine) => {
  const keys: Listed[] = []
  const clock = new ManualClock()

  const listed = (field: KeyOrder['field'], { name, createdAt, expiresAt, lastUsedAt }: Listed) =>
    ({ NAME: name, CREATED_AT: createdAt, EXPIRES_AT: expiresAt, LAST_USED_AT: lastUsedAt })[field]
  /** By their bytes in UTF-8, as both engines are told to compare. */
  const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
  const expected = ({ field, direction }: KeyOrder) => {
    const ascending = [...keys].sort((a, b) => compare(listed(field, a), listed(field, b)) || compare(a.id, b.id))
    return (direction === 'ASC' ? ascending : ascending.reverse()).map(({ id }) => id)
  }

  // Ties in everything but the name: created, expiring and used together, never expiring, never used.
  const app = useApp({ engine, clock })
  beforeAll(async () => {
    const names = ['b', 'B', 'a', 'Z', 'ä', '\u{1f511}', '\uffed', '10', '9', 'a b', 'a-b', 'ab']
    for (const [index, name] of names.entries()) {
      if (index % 4 === 0) clock.advance(60)
      const wish = index % 3 === 0 ? { neverExpires: true } : { expiresAt: `2026-0${7 + (index % 2)}-01T00:00:00Z` }
      const { createApiKey } = await app.owner.run(CreateApiKeyDocument, {
        input: { organizationId: app.organizationId, name, grants: [], ...wish },
      })
      const { apiKey, secret } = createApiKey
      const used = index % 2 === 0
      if (used) await app.anonymous.with(secret).run(ViewerDocument, {})
      keys.push({
        id: apiKey.id,
        name,
        createdAt: apiKey.createdAt,
        expiresAt: apiKey.expiresAt ?? '9999',
        lastUsedAt: used ? apiKey.createdAt : '0000',
      })
    }
    await app.app.parts.usage.flush()
  })

  const page = async (
    orderBy: KeyOrder,
    paging: { first?: number; after?: string | null; last?: number; before?: string | null },
  ) => {
    const { organization } = await app.owner.run(ApiKeysDocument, {
      organizationId: app.organizationId,
      orderBy,
      ...paging,
    })
    const connection = organization?.apiKeys
    if (connection == null) throw new Error('The list is not there.')
    expect(connection.totalCount).toBe(keys.length)
    expect(connection.pageInfo.startCursor).toBe(connection.edges[0]?.cursor ?? null)
    expect(connection.pageInfo.endCursor).toBe(connection.edges.at(-1)?.cursor ?? null)
    return { ids: connection.edges.map(({ node }) => node.id), ...connection.pageInfo }
  }

  describe.each(ORDERS)('by $field $direction', (order) => {
    it.each([1, 5, 12, 100])('contains each key once and in order going forward, %i at a time', async (first) => {
      const seen: string[] = []
      let after: string | null = null
      for (let more = true; more; ) {
        const { ids, endCursor, hasNextPage, hasPreviousPage } = await page(order, { first, after })
        expect(hasPreviousPage).toBe(after !== null)
        seen.push(...ids)
        after = endCursor ?? null
        more = hasNextPage
        expect(more).toBe(seen.length < keys.length)
      }
      expect(seen).toEqual(expected(order))
    })

    it.each([1, 5, 12])('contains each key once and in order going backward, %i at a time', async (last) => {
      const seen: string[] = []
      let before: string | null = null
      for (let more = true; more; ) {
        const { ids, startCursor, hasNextPage, hasPreviousPage } = await page(order, { last, before })
        expect(hasNextPage).toBe(before !== null)
        seen.unshift(...ids)
        before = startCursor ?? null
        more = hasPreviousPage
        expect(more).toBe(seen.length < keys.length)
      }
      expect(seen).toEqual(expected(order))
    })

    it('rejects cursors of other orders', async () => {
      const { endCursor } = await page(order, { first: 2 })
      for (const other of ORDERS) {
        if (other.field === order.field && other.direction === order.direction) continue
        for (const paging of [
          { first: 2, after: endCursor },
          { last: 2, before: endCursor },
        ]) {
          const variables = { organizationId: app.organizationId, orderBy: other, ...paging }
          const error = await app.owner.fail(ApiKeysDocument, variables)
          const path = 'after' in paging ? 'after' : 'before'
          expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
        }
      }
    })
  })

  it('continues after a key, whatever was created meanwhile', async () => {
    const order = { field: 'CREATED_AT', direction: 'DESC' } as const
    const { ids, endCursor } = await page(order, { first: 4 })
    clock.advance(60)
    const { createApiKey } = await app.owner.run(CreateApiKeyDocument, {
      input: { organizationId: app.organizationId, name: 'newest', grants: [] },
    })
    const { id, createdAt } = createApiKey.apiKey
    keys.push({ id, name: 'newest', createdAt, expiresAt: createApiKey.apiKey.expiresAt ?? '', lastUsedAt: '0000' })
    const { ids: behind } = await page(order, { first: 100, after: endCursor ?? null })
    expect([id, ...ids, ...behind]).toEqual(expected(order))
  })

  it('contains the personal keys of all members', async () => {
    const { organizationId } = app
    const ann = await app.person('Ann', [])
    for (const name of ['x', 'y', 'z'])
      await ann.client.run(CreatePersonalAccessKeyDocument, { input: { organizationId, name } })
    const all = await app.owner.run(PersonalAccessKeysDocument, { organizationId, first: 100 })
    const ids = all.organization?.personalAccessKeys?.edges.map(({ node }) => node.id) ?? []
    expect(ids).toHaveLength(5)
    const { data } = await app.owner.send<{
      organization: { personalAccessKeys: { edges: { cursor: string; node: { id: string } }[]; totalCount: number } }
    }>(
      `query ($id: ID!) { organization(id: $id) { personalAccessKeys(last: 2, orderBy: { field: CREATED_AT, direction: ASC }) {
        edges { cursor node { id } } totalCount } } }`,
      { id: organizationId },
    )
    expect(data?.organization.personalAccessKeys.totalCount).toBe(5)
    const lastTwo = data?.organization.personalAccessKeys.edges.map(({ node }) => node.id)
    expect([...(lastTwo ?? [])].reverse()).toEqual(ids.slice(0, 2))
  })
})
