import { type GraphQLInputType, getNullableType, isInputObjectType, isListType, isObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreateNotificationRouteDocument } from '../../src/generated/graphql.ts'
import { schema } from '../../src/graphql-server/schema.ts'
import { newId } from '../../src/kernel/ids.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { openSocket } from '../support/raw-socket.ts'

/** Every list that a caller may hand over, as `Input.field` or `Type.field(argument)`. */
const listInputs = (): string[] => {
  const isList = (type: GraphQLInputType) => isListType(getNullableType(type))
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__')) return []
    if (isInputObjectType(type))
      return Object.values(type.getFields()).flatMap((field) =>
        isList(field.type) ? [`${type.name}.${field.name}`] : [],
      )
    if (!isObjectType(type)) return []
    return Object.values(type.getFields()).flatMap((field) =>
      field.args.flatMap((arg) => (isList(arg.type) ? [`${type.name}.${field.name}(${arg.name})`] : [])),
    )
  })
}

let app: TestApp
let keyId: string
beforeAll(async () => {
  app = await boot({ env: { KEYTURN_SMTP_URL: 'smtp://127.0.0.1:1', KEYTURN_MAIL_FROM: 'keyturn@example.com' } })
  keyId = (await app.apiKey()).id
})
afterAll(() => app.close())

interface Case {
  readonly item: unknown
  readonly most: number
  readonly path: string
  readonly query: string
  readonly variables: (list: readonly unknown[]) => Record<string, unknown>
}

const withInput = (base: () => object, field: string) => (list: readonly unknown[]) => ({
  input: { ...base(), [field]: list },
})
const changing = (
  name: string,
  input: string,
  base: () => object,
  field: string,
  item: unknown,
  most: number,
): Case => ({
  item,
  most,
  path: field,
  query: `mutation ($input: ${input}!) { ${name}(input: $input) { __typename } }`,
  variables: withInput(base, field),
})
const filtering = (field: 'status' | 'ids', item: unknown): Case => ({
  item,
  most: 100,
  path: `filter.${field}`,
  query: 'query ($id: ID!, $filter: KeyFilter) { organization(id: $id) { keys(filter: $filter) { totalCount } } }',
  variables: (list) => ({ id: app.organizationId, filter: { [field]: list } }),
})

const GRANT = { module: 'keys', role: 'VIEWER' }
const apiKey = () => ({ organizationId: app.organizationId, name: 'n', grants: [] })
const personalKey = () => ({ organizationId: app.organizationId, name: 'n' })
const route = (target: object) => ({ organizationId: app.organizationId, name: 'n', target })
const existingKey = () => ({ id: keyId })

const CASES: Record<string, Case> = {
  'KeyFilter.status': filtering('status', 'ACTIVE'),
  'KeyFilter.ids': filtering('ids', newId('key')),
  'AuditEventFilter.types': {
    item: 'KEY_CREATED',
    most: 100,
    path: 'filter.types',
    query:
      'query ($id: ID!, $filter: AuditEventFilter) { organization(id: $id) { auditEvents(filter: $filter) { edges { cursor } } } }',
    variables: (types) => ({ id: app.organizationId, filter: { types } }),
  },
  'CreateApiKeyInput.allowedIps': changing('createApiKey', 'CreateApiKeyInput', apiKey, 'allowedIps', '10.0.0.1', 100),
  'CreateApiKeyInput.grants': changing('createApiKey', 'CreateApiKeyInput', apiKey, 'grants', GRANT, 100),
  'CreateApiKeyInput.warnBefore': changing('createApiKey', 'CreateApiKeyInput', apiKey, 'warnBefore', 'PT1H', 10),
  'CreatePersonalAccessKeyInput.allowedIps': changing(
    'createPersonalAccessKey',
    'CreatePersonalAccessKeyInput',
    personalKey,
    'allowedIps',
    '10.0.0.1',
    100,
  ),
  'CreatePersonalAccessKeyInput.grants': changing(
    'createPersonalAccessKey',
    'CreatePersonalAccessKeyInput',
    personalKey,
    'grants',
    GRANT,
    100,
  ),
  'CreatePersonalAccessKeyInput.warnBefore': changing(
    'createPersonalAccessKey',
    'CreatePersonalAccessKeyInput',
    personalKey,
    'warnBefore',
    'PT1H',
    10,
  ),
  'UpdateKeyInput.allowedIps': changing('updateKey', 'UpdateKeyInput', existingKey, 'allowedIps', '10.0.0.1', 100),
  'UpdateKeyInput.grants': changing('updateKey', 'UpdateKeyInput', existingKey, 'grants', GRANT, 100),
  'UpdateKeyInput.warnBefore': changing('updateKey', 'UpdateKeyInput', existingKey, 'warnBefore', 'PT1H', 10),
  'InviteMemberInput.grants': changing(
    'inviteMember',
    'InviteMemberInput',
    () => ({ organizationId: app.organizationId, email: 'a@example.com' }),
    'grants',
    GRANT,
    100,
  ),
  'UpdateMemberInput.grants': {
    item: GRANT,
    most: 100,
    path: 'grants',
    query: 'mutation ($input: UpdateMemberInput!) { updateMember(input: $input) { __typename } }',
    variables: (grants) => ({ input: { memberId: ownMemberId, grants } }),
  },
  'CreateNotificationRouteInput.types': {
    item: 'KEY_EXPIRED',
    most: 100,
    path: 'types',
    query: 'mutation ($input: CreateNotificationRouteInput!) { createNotificationRoute(input: $input) { __typename } }',
    variables: (types) => ({ input: { ...route({ webhook: { url: 'https://hooks.example' } }), types } }),
  },
  'UpdateNotificationRouteInput.types': {
    item: 'KEY_EXPIRED',
    most: 100,
    path: 'types',
    query: 'mutation ($input: UpdateNotificationRouteInput!) { updateNotificationRoute(input: $input) { __typename } }',
    variables: (types) => ({ input: { id: routeId, types } }),
  },
  'EmailTargetInput.addresses': {
    item: 'somebody@example.com',
    most: 50,
    path: 'target.email.addresses',
    query: 'mutation ($input: CreateNotificationRouteInput!) { createNotificationRoute(input: $input) { __typename } }',
    variables: (addresses) => ({ input: route({ email: { addresses } }) }),
  },
  'KeyPolicyInput.warnBefore': {
    item: 'PT1H',
    most: 10,
    path: 'policy.warnBefore',
    query: 'mutation ($input: UpdateKeyPolicyInput!) { updateKeyPolicy(input: $input) { __typename } }',
    variables: (warnBefore) => ({ input: { organizationId: app.organizationId, policy: { warnBefore } } }),
  },
}
/** A subscription; asked over a socket below. */
const OF_SUBSCRIPTIONS = ['Subscription.keyEvents(types)']

let ownMemberId: string
let routeId: string
beforeAll(async () => {
  const { data } = await app.owner.send<{ organization: { members: { edges: { node: { id: string } }[] } } }>(
    'query ($id: ID!) { organization(id: $id) { members { edges { node { id } } } } }',
    { id: app.organizationId },
  )
  ownMemberId = data?.organization.members.edges[0]?.node.id ?? ''
  const input = {
    organizationId: app.organizationId,
    name: 'hook',
    target: { webhook: { url: 'https://hooks.example' } },
  }
  const { createNotificationRoute } = await app.owner.run(CreateNotificationRouteDocument, { input })
  routeId = createNotificationRoute.route.id
})

describe('a list in an input', () => {
  it('is in the table below, wherever the schema has one', () => {
    expect([...Object.keys(CASES), ...OF_SUBSCRIPTIONS].sort()).toEqual(listInputs().sort())
  })

  it.each(Object.keys(CASES))('is rejected if it is too long: %s', async (name) => {
    const { item, most, path, query, variables } = CASES[name] as Case
    for (const length of [most + 1, 1_200]) {
      const { errors } = await app.owner.send(query, variables(Array.from({ length }, () => item)))
      expect(errors).toHaveLength(1)
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
      expect(errors?.[0]?.extensions.issues).toEqual([{ path, message: expect.stringContaining(`at most ${most} `) }])
    }
  })

  it.each(['KeyFilter.status', 'KeyFilter.ids', 'AuditEventFilter.types'])(
    'is accepted at its limit: %s',
    async (name) => {
      const { item, most, query, variables } = CASES[name] as Case
      const { errors } = await app.owner.send(query, variables(Array.from({ length: most }, () => item)))
      expect(errors).toBeUndefined()
    },
  )

  it('is also rejected by a subscription', async () => {
    const socket = await openSocket(app.url)
    await socket.init(app.owner.headers)
    const query =
      'subscription ($id: ID!, $types: [AuditEventType!]) { keyEvents(organizationId: $id, types: $types) { id } }'
    const types = Array.from({ length: 101 }, () => 'KEY_CREATED')
    const { errors } = await socket.ask(query, { id: app.organizationId, types })
    socket.close()
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'types' }] })
  })

  it('of variable errors is reported up to twenty of them', async () => {
    const { query, variables } = CASES['CreateApiKeyInput.grants'] as Case
    const faulty = Array.from({ length: 500 }, () => ({ module: 'keys', role: 'NONE' }))
    const { errors } = await app.owner.send(query, variables(faulty))
    expect(errors?.[0]?.extensions.issues).toHaveLength(20)
    expect(errors?.[0]?.extensions.issues?.[0]?.path).toBe('grants.0.role')
  })
})
