import { getNamedType, isObjectType } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { CreateNotificationRouteDocument } from '../../src/generated/graphql.ts'
import { schema } from '../../src/graphql-server/schema.ts'
import { useApp } from '../support/boot.ts'

/** Every field that gives a page, of an object that this test can find. */
const PAGES = Object.values(schema.getTypeMap())
  .flatMap((type) => (isObjectType(type) ? [type] : []))
  .flatMap((type) =>
    Object.values(type.getFields())
      .filter(({ args }) => args.some(({ name }) => name === 'first' || name === 'last'))
      .map((field) => ({ type: type.name, field: field.name, named: getNamedType(field.type).name })),
  )

describe('a page of a list', () => {
  let ids: Record<string, string>
  const app = useApp()
  beforeAll(async () => {
    const { data } = await app.owner.send<{ viewer: { key: { id: string } } }>('{ viewer { key { id } } }')
    const { id } = await app.apiKey()
    const route = {
      organizationId: app.organizationId,
      name: 'hook',
      target: { webhook: { url: 'https://hooks.example' } },
    }
    const { createNotificationRoute } = await app.owner.run(CreateNotificationRouteDocument, { input: route })
    ids = {
      NotificationRoute: createNotificationRoute.route.id,
      Organization: app.organizationId,
      ApiKey: id,
      PersonalAccessKey: data?.viewer.key.id ?? '',
    }
  })

  const ask = ({ type, field }: (typeof PAGES)[number], paging: string) =>
    app.owner.send(
      `{ node(id: "${ids[type]}") { ... on ${type} { ${field}(${paging}) { pageInfo { hasNextPage } } } } }`,
    )

  it('is tried here for every list of the schema', () => {
    expect([...new Set(PAGES.map(({ type }) => type))].sort()).toEqual(Object.keys(ids).sort())
    expect(PAGES.length).toBeGreaterThanOrEqual(8)
    for (const { named } of PAGES) expect(named).toMatch(/Connection$/)
  })

  it.each(PAGES)('of $type.$field has 1 to 100 items, from either end, as its description says', async (page) => {
    for (const name of ['first', 'last']) {
      for (const size of [1, 100]) expect((await ask(page, `${name}: ${size}`)).errors).toBeUndefined()
      for (const size of [0, 101, -1]) {
        const { errors } = await ask(page, `${name}: ${size}`)
        expect(errors?.[0]).toMatchObject({
          message: `${name}: must be a whole number from 1 to 100`,
          extensions: { code: 'BAD_USER_INPUT' },
        })
      }
    }
  })
})
