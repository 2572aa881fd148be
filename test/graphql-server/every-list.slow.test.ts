import { type GraphQLOutputType, getNamedType, isObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AcceptInvitationDocument,
  CreateApiKeyDocument,
  CreateNotificationRouteDocument,
  CreatePersonalAccessKeyDocument,
  InviteMemberDocument,
  SendTestNotificationDocument,
  UpdateKeyDocument,
} from '../../src/generated/graphql.ts'
import { schema } from '../../src/graphql-server/schema.ts'
import { ENGINES } from '../support/engines.ts'
import { bootSwept, type SweptApp } from '../support/sweeping.ts'

interface List {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
  readonly totalCount?: number
}

const isConnection = (type: GraphQLOutputType): boolean => getNamedType(type).name.endsWith('Connection')

/** Every list that comes in pages, by the type that has it. */
const listsOf = (name: string): string[] => {
  const type = schema.getType(name)
  if (!isObjectType(type)) return []
  return Object.values(type.getFields())
    .filter((field) => isConnection(field.type))
    .map((field) => field.name)
}
const LISTS = ['Organization', 'ApiKey', 'NotificationRoute'].flatMap((type) =>
  listsOf(type).map((list) => [type, list] as const),
)
const COUNTED = ['apiKeys', 'personalAccessKeys', 'keys']
const EACH = 7

describe('the lists of this file', () => {
  it('are all lists of the schema', () => {
    const all = Object.keys(schema.getTypeMap()).filter((type) => listsOf(type).length > 0)
    expect(all.sort()).toEqual(['ApiKey', 'NotificationRoute', 'Organization', 'PersonalAccessKey'])
    expect(listsOf('PersonalAccessKey')).toEqual(listsOf('ApiKey'))
    expect(LISTS.map(([, list]) => list).sort()).toEqual([
      'apiKeys',
      'auditEvents',
      'deliveries',
      'expiryWarnings',
      'history',
      'keys',
      'members',
      'personalAccessKeys',
    ])
  })
})

describe.each(ENGINES)('every paged list, on %s', (engine) => {
  let app: SweptApp
  let keyId = ''
  let routeId = ''
  beforeAll(async () => {
    app = await bootSwept({ engine })
    const { organizationId } = app
    for (let number = 0; number < EACH; number += 1) {
      const { createApiKey } = await app.owner.run(CreateApiKeyDocument, {
        input: { organizationId, name: `robot ${number}`, grants: [], expiresIn: 'P10D', warnBefore: ['P9D'] },
      })
      keyId = createApiKey.apiKey.id
      await app.owner.run(CreatePersonalAccessKeyDocument, { input: { organizationId, name: `laptop ${number}` } })
      const { inviteMember } = await app.owner.run(InviteMemberDocument, {
        input: { organizationId, email: `member.${number}@example.com`, grants: [] },
      })
      const { invitationToken } = inviteMember
      await app.anonymous.run(AcceptInvitationDocument, { input: { invitationToken, name: `Member ${number}` } })
    }
    for (let number = 0; number < EACH; number += 1)
      await app.owner.run(UpdateKeyDocument, { input: { id: keyId, description: `note ${number}` } })
    await app.pass(86_400)
    const { createNotificationRoute } = await app.owner.run(CreateNotificationRouteDocument, {
      input: { organizationId, name: 'route', target: { webhook: { url: 'https://receiver.invalid/' } } },
    })
    routeId = createNotificationRoute.route.id
    for (let number = 0; number < EACH; number += 1)
      await app.owner.run(SendTestNotificationDocument, { input: { id: routeId } })
  })
  afterAll(() => app.close())

  const ask = async (type: string, list: string, paging: string) => {
    const counted = COUNTED.includes(list) ? 'totalCount' : ''
    const selection = `${list}(${paging}) {
      edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } ${counted} }`
    const id = { Organization: app.organizationId, NotificationRoute: routeId }[type] ?? keyId
    const answer = await app.owner.send<{ node: Record<string, List | null> | null }>(
      `query ($id: ID!) { node(id: $id) { ... on ${type} { ${selection} } } }`,
      { id },
    )
    return { list: answer.data?.node?.[list] ?? null, error: answer.errors?.[0]?.extensions }
  }
  const pageOf = async (type: string, name: string, paging: string): Promise<List> => {
    const { list, error } = await ask(type, name, paging)
    if (list === null) throw new Error(JSON.stringify(error))
    return list
  }

  it.each(LISTS)('can be read forwards and backwards: %s.%s', async (type, name) => {
    const whole = await pageOf(type, name, 'first: 100')
    const all = whole.edges.map(({ node }) => node.id)
    expect(all.length).toBeGreaterThanOrEqual(EACH)
    expect(new Set(all).size).toBe(all.length)
    expect(whole.pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: whole.edges[0]?.cursor,
      endCursor: whole.edges.at(-1)?.cursor,
    })
    const forwards: string[] = []
    const backwards: string[] = []
    for (let place = 'first: 3'; ; ) {
      const { edges, pageInfo, totalCount } = await pageOf(type, name, place)
      expect(pageInfo.hasPreviousPage).toBe(forwards.length > 0)
      if (COUNTED.includes(name)) expect(totalCount).toBe(all.length)
      forwards.push(...edges.map(({ node }) => node.id))
      if (!pageInfo.hasNextPage) break
      place = `first: 3, after: ${JSON.stringify(pageInfo.endCursor)}`
    }
    for (let place = 'last: 3'; ; ) {
      const { edges, pageInfo, totalCount } = await pageOf(type, name, place)
      expect(pageInfo.hasNextPage).toBe(backwards.length > 0)
      if (COUNTED.includes(name)) expect(totalCount).toBe(all.length)
      backwards.unshift(...edges.map(({ node }) => node.id))
      if (!pageInfo.hasPreviousPage) break
      place = `last: 3, before: ${JSON.stringify(pageInfo.startCursor)}`
    }
    expect(forwards).toEqual(all)
    expect(backwards).toEqual(all)
  })

  it.each(LISTS)('rejects invalid paging arguments: %s.%s', async (type, name) => {
    const { list, error } = await ask(type, name, 'first: 1, after: "nonsense"')
    expect(list).toBeNull()
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'after' }] })
  })
})
