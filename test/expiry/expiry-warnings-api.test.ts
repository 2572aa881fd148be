import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AcknowledgeExpiryWarningDocument,
  CreatePersonalAccessKeyDocument,
  ListExpiryWarningsDocument,
  type ListExpiryWarningsQueryVariables,
} from '../../src/generated/graphql.ts'
import type { Person } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { ENGINES } from '../support/engines.ts'
import { bootSwept, historyOf, type SweptApp, warningsOf } from '../support/sweeping.ts'

const HOUR = 3_600
const NODE = 'query ($id: ID!) { node(id: $id) { id ... on ExpiryWarning { threshold } } }'

describe.each(ENGINES)('the warnings of an organization, on %s', (engine) => {
  let app: SweptApp
  let viewer: Person
  let manager: Person
  let plain: Person
  let apiKeys: string[]
  let personalKey: string
  /** Ids of the warnings, oldest first: of the API keys, then of the plain member's personal key. */
  let ofApiKeys: string[]
  let ofPersonalKey: string

  beforeAll(async () => {
    app = await bootSwept({ engine })
    viewer = await app.person('Vera Viewer', [{ module: 'keys', role: 'VIEWER' }])
    manager = await app.person('Mina Manager', [{ module: 'keys', role: 'MANAGER' }])
    plain = await app.person('Paul Plain', [])
    apiKeys = []
    for (const hours of [5, 4, 3, 2, 1])
      apiKeys.push((await app.apiKey({ expiresIn: 'PT10H', warnBefore: [`PT${hours}H`] })).id)
    const { createPersonalAccessKey } = await plain.client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId: app.organizationId, name: 'laptop', expiresIn: 'PT10H', warnBefore: ['PT30M'] },
    })
    personalKey = createPersonalAccessKey.personalAccessKey.id
    for (const hours of [5, 1, 1, 1, 1, 0.5]) await app.pass(hours * HOUR)
    const only = async (keyId: string) => (await warningsOf(app, keyId)).map((warning) => warning.id)
    ofApiKeys = (await Promise.all(apiKeys.map(only))).flat()
    ofPersonalKey = (await only(personalKey)).join()
  })
  afterAll(() => app.close())

  const page = async (client: TestClient, variables: Partial<ListExpiryWarningsQueryVariables> = {}) => {
    const { organizationId } = app
    const { organization } = await client.run(ListExpiryWarningsDocument, { organizationId, ...variables })
    const connection = organization?.expiryWarnings
    if (connection == null) throw new Error('There is no list of warnings.')
    return { ...connection, ids: connection.edges.map((edge) => edge.node.id) }
  }
  const newestFirst = () => [...ofApiKeys].reverse()

  it("another tenant's warnings do not exist", async () => {
    const { owner } = await app.stranger()
    const [id = ''] = ofApiKeys
    const { organizationId } = app
    expect((await owner.client.fail(ListExpiryWarningsDocument, { organizationId })).extensions.code).toBe('NOT_FOUND')
    expect((await owner.client.fail(AcknowledgeExpiryWarningDocument, { id })).extensions.code).toBe('NOT_FOUND')
    const node = await owner.client.send(NODE, { id })
    expect(node.data?.node).toBeNull()
    expect(node.errors?.map((error) => error.extensions.code)).toEqual(['NOT_FOUND'])
    expect(await historyOf(app, apiKeys[0] ?? '', 'EXPIRY_WARNING_ACKNOWLEDGED')).toEqual([])
  })

  it('a warning states its key, its expiry and its urgency', async () => {
    const { edges } = await page(app.owner, { first: 2 })
    const expiresAt = new Date(app.clock.now().getTime() + HOUR * 500).toISOString()
    expect(edges.map((edge) => edge.node)).toMatchObject([
      { key: { id: personalKey, kind: 'PERSONAL_ACCESS_KEY' }, threshold: 'PT30M', expiresAt, secondsLeft: HOUR / 2 },
      { key: { id: apiKeys[4], kind: 'API_KEY' }, threshold: 'PT1H', secondsLeft: HOUR / 2, acknowledgedAt: null },
    ])
  })

  it('key managers see all warnings, viewers only those about API keys', async () => {
    expect((await page(app.owner)).ids).toEqual([ofPersonalKey, ...newestFirst()])
    expect((await page(manager.client)).ids).toEqual([ofPersonalKey, ...newestFirst()])
    expect((await page(viewer.client)).ids).toEqual(newestFirst())
    const machine = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
    expect((await page(machine.client)).ids).toEqual(newestFirst())
  })

  it('callers who see the list also see the warnings about their own personal keys', async () => {
    const { createPersonalAccessKey } = await viewer.client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId: app.organizationId, name: 'mine', expiresIn: 'PT20M', warnBefore: ['PT19M'] },
    })
    await app.pass(60)
    const [own] = await warningsOf(app, createPersonalAccessKey.personalAccessKey.id)
    expect((await page(viewer.client)).ids).toEqual([own?.id, ...newestFirst()])
  })

  it('a member without keys:viewer sees no list, but the warning about their own key', async () => {
    const { organizationId } = app
    const error = await plain.client.fail(ListExpiryWarningsDocument, { organizationId })
    expect(error).toMatchObject({
      path: ['organization', 'expiryWarnings'],
      extensions: { code: 'FORBIDDEN', required: ['keys:viewer'] },
    })
    expect((await plain.client.send(NODE, { id: ofPersonalKey })).data?.node).toMatchObject({ threshold: 'PT30M' })
    const [id = ''] = ofApiKeys
    const refused = await plain.client.send(NODE, { id })
    expect(refused.data?.node).toBeNull()
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', required: ['keys:viewer'] })
  })

  it('paging in both directions returns every warning once', async () => {
    const all = newestFirst()
    const forwards: string[] = []
    let after: string | null | undefined = null
    for (let more = true; more; ) {
      const found = await page(viewer.client, { first: 2, after, acknowledged: false })
      forwards.push(...found.ids)
      expect(found.pageInfo.hasPreviousPage).toBe(after !== null)
      ;({ endCursor: after, hasNextPage: more } = found.pageInfo)
    }
    expect(forwards.filter((id) => ofApiKeys.includes(id))).toEqual(all)
    const backwards: string[] = []
    let before: string | null | undefined = null
    for (let more = true; more; ) {
      const found = await page(viewer.client, { last: 2, before, acknowledged: false })
      backwards.unshift(...found.ids)
      expect(found.pageInfo.hasNextPage).toBe(before !== null)
      ;({ startCursor: before, hasPreviousPage: more } = found.pageInfo)
    }
    expect(backwards).toEqual(forwards)
  })

  it('acknowledging stores who has seen it, appends an event, and moves it in the filtered lists', async () => {
    const [id = ''] = ofApiKeys
    const { acknowledgeExpiryWarning } = await viewer.client.run(AcknowledgeExpiryWarningDocument, { id })
    const acknowledged = {
      id,
      acknowledgedAt: app.clock.now().toISOString(),
      acknowledgedBy: { kind: 'USER', id: viewer.userId, name: 'Vera Viewer' },
    }
    expect(acknowledgeExpiryWarning.expiryWarning).toMatchObject(acknowledged)
    expect(await historyOf(app, apiKeys[0] ?? '', 'EXPIRY_WARNING_ACKNOWLEDGED')).toMatchObject([
      { details: { kind: 'API_KEY', warningId: id } },
    ])
    expect((await page(app.owner, { acknowledged: true })).edges.map((edge) => edge.node)).toMatchObject([acknowledged])
    expect((await page(app.owner, { acknowledged: false })).ids).not.toContain(id)
    expect((await page(app.owner)).ids).toContain(id)
  })

  it('acknowledging again changes nothing, by anyone and concurrently', async () => {
    const [, id = ''] = ofApiKeys
    await Promise.all(
      [viewer, manager, viewer, manager].map(({ client }) => client.run(AcknowledgeExpiryWarningDocument, { id })),
    )
    const { edges } = await page(app.owner, { acknowledged: true })
    const first = edges.find((edge) => edge.node.id === id)?.node
    await app.pass(1)
    const { acknowledgeExpiryWarning } = await app.owner.run(AcknowledgeExpiryWarningDocument, { id })
    expect(acknowledgeExpiryWarning.expiryWarning).toMatchObject({
      acknowledgedAt: first?.acknowledgedAt,
      acknowledgedBy: first?.acknowledgedBy,
    })
    expect(await historyOf(app, apiKeys[1] ?? '', 'EXPIRY_WARNING_ACKNOWLEDGED')).toHaveLength(1)
  })

  it('acknowledging needs keys:viewer, or for a personal key its owner or keys:manager', async () => {
    const [, , id = ''] = ofApiKeys
    const tried = async (client: TestClient, of: string) =>
      (await client.fail(AcknowledgeExpiryWarningDocument, { id: of })).extensions
    expect(await tried(plain.client, id)).toMatchObject({ code: 'FORBIDDEN', required: ['keys:viewer'] })
    expect(await tried(viewer.client, ofPersonalKey)).toMatchObject({ code: 'FORBIDDEN', required: ['keys:manager'] })
    expect(await tried(app.anonymous, id)).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await tried(app.owner, `wrn_${'0'.repeat(12)}4${'0'.repeat(3)}8${'0'.repeat(15)}`)).toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(await tried(app.owner, 'wrn_1')).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(await historyOf(app, personalKey, 'EXPIRY_WARNING_ACKNOWLEDGED')).toEqual([])
    await plain.client.run(AcknowledgeExpiryWarningDocument, { id: ofPersonalKey })
    expect(await historyOf(app, personalKey, 'EXPIRY_WARNING_ACKNOWLEDGED')).toMatchObject([
      { details: { kind: 'PERSONAL_ACCESS_KEY', ownerId: plain.userId } },
    ])
  })

  it('a key can acknowledge the warning about itself without any grant, and no other', async () => {
    const { id, client } = await app.apiKey({ expiresIn: 'PT2H', warnBefore: ['PT1H'] })
    await app.pass(HOUR)
    const [warning] = await warningsOf(app, id)
    const [other = ''] = ofApiKeys
    const { extensions } = await client.fail(AcknowledgeExpiryWarningDocument, { id: other })
    expect(extensions).toMatchObject({ code: 'FORBIDDEN', required: ['keys:viewer'] })
    await client.run(AcknowledgeExpiryWarningDocument, { id: warning?.id ?? '' })
    expect(await historyOf(app, id, 'EXPIRY_WARNING_ACKNOWLEDGED')).toHaveLength(1)
  })
})
