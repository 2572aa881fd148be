import { beforeAll, describe, expect, it } from 'vitest'
import { historyOf, pageOf, sendPage } from '../support/audit-chain.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'

const cursor = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url')

describe.each(ENGINES)('pages of the audit log on %s', (engine) => {
  let made = 0
  const append = async (count: number) => {
    await Promise.all(Array.from({ length: count }, () => app.apiKey({ name: `key ${made++}` })))
  }
  const app = useApp({ engine })
  beforeAll(async () => {
    await append(40)
  })

  it.each([1, 7, 100])(
    'of %i, read backwards, return every existing event once, while new ones are appended',
    async (first) => {
      const before = await historyOf(app.owner, app.organizationId)
      const walked: number[] = []
      for (let after: string | null = null; ; ) {
        const page = await pageOf(app.owner, app.organizationId, { first, after })
        expect(page.pageInfo.hasPreviousPage).toBe(after !== null)
        walked.push(...page.edges.map(({ node }) => node.sequence))
        if (!page.pageInfo.hasNextPage) break
        after = page.pageInfo.endCursor
        if (walked.length < 20) await append(1)
      }
      expect(walked).toEqual(before.map(({ sequence }) => sequence).reverse())
    },
  )

  it.each([1, 7, 100])(
    'of %i, read forwards, return every event once, including those that are appended meanwhile',
    async (last) => {
      const walked: number[] = []
      for (let before: string | null = null; ; ) {
        const page = await pageOf(app.owner, app.organizationId, { last, before })
        expect(page.pageInfo.hasNextPage).toBe(before !== null)
        // A page is newest first in either direction.
        walked.push(...page.edges.map(({ node }) => node.sequence).reverse())
        if (!page.pageInfo.hasPreviousPage) break
        before = page.pageInfo.startCursor
        if (walked.length < 20) await append(1)
      }
      const after = await historyOf(app.owner, app.organizationId)
      expect(walked).toEqual(after.map(({ sequence }) => sequence))
    },
  )

  it('can be filtered', async () => {
    const filter = { types: ['KEY_CREATED'] }
    const expected = await historyOf(app.owner, app.organizationId, filter)
    const walked: number[] = []
    for (let before: string | null = null; ; ) {
      const page = await pageOf(app.owner, app.organizationId, { filter, last: 9, before })
      walked.push(...page.edges.map(({ node }) => node.sequence).reverse())
      if (!page.pageInfo.hasPreviousPage) break
      before = page.pageInfo.startCursor
    }
    expect(walked).toEqual(expected.map(({ sequence }) => sequence))
  })

  it('have 20 events by default, and state where they start and end', async () => {
    const { edges, pageInfo } = await pageOf(app.owner, app.organizationId)
    expect(edges.length).toBe(20)
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: edges[0]?.cursor,
      endCursor: edges[19]?.cursor,
    })
  })

  it.each([
    ['a cursor of another list', { first: 1, after: cursor('keys:NAME:ASC', 'a', 'key_1') }, 'after'],
    ['a cursor with the place of another list', { first: 1, after: cursor('audit', 'a') }, 'after'],
    ['a cursor with more places', { last: 1, before: cursor('audit', 1, 2) }, 'before'],
  ])('reject %s as BAD_USER_INPUT', async (_what, paging, path) => {
    const { data, errors } = await sendPage(app.owner, app.organizationId, paging)
    expect(data?.organization?.auditEvents).toBeNull()
    expect(errors?.map(({ extensions }) => extensions)).toMatchObject([{ code: 'BAD_USER_INPUT', issues: [{ path }] }])
  })

  it('reject the cursor of another list as BAD_USER_INPUT', async () => {
    const { data } = await app.owner.send<{ organization: { members: { pageInfo: { endCursor: string } } } }>(
      'query ($id: ID!) { organization(id: $id) { members(first: 1) { pageInfo { endCursor } } } }',
      { id: app.organizationId },
    )
    const { errors } = await sendPage(app.owner, app.organizationId, {
      first: 1,
      after: data?.organization.members.pageInfo.endCursor ?? null,
    })
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
  })
})
