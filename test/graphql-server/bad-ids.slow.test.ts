import { randomUUID } from 'node:crypto'
import { GraphQLID, getNamedType, isInputObjectType } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  AuditEventsDocument,
  CreateApiKeyDocument,
  CreateNotificationRouteDocument,
  CreateProjectDocument,
  InviteMemberDocument,
  ListExpiryWarningsDocument,
  MembersDocument,
  SendTestNotificationDocument,
  SessionsDocument,
} from '../../src/generated/graphql.ts'
import { schema } from '../../src/graphql-server/schema.ts'
import { type Person, useApp } from '../support/boot.ts'
import { signIn } from '../support/console.ts'
import { changesIn, headsOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'

type Kind =
  | 'organization'
  | 'project'
  | 'key'
  | 'member'
  | 'invitation'
  | 'warning'
  | 'event'
  | 'user'
  | 'module'
  | 'route'
  | 'delivery'
  | 'session'
const PREFIXES: Record<Kind, string> = {
  organization: 'org',
  project: 'prj',
  key: 'key',
  member: 'mem',
  invitation: 'inv',
  warning: 'wrn',
  event: 'evt',
  user: 'usr',
  module: 'mod',
  route: 'ntr',
  delivery: 'ndl',
  session: 'ses',
}

const NEW_ROUTE = { name: 'n', target: { webhook: { url: 'https://receiver.invalid/' } } }

/** Every argument of a mutation that is an id: of what, and what else the mutation needs. */
const OF_MUTATIONS: Record<string, readonly [kind: Kind, input: object, selection: string]> = {
  'createOrganization.parentId': ['organization', { name: 'n' }, 'organization { id }'],
  'updateAuditRetention.organizationId': ['organization', { keep: 'P90D' }, 'organization { id }'],
  'updateKeyPolicy.organizationId': ['organization', { policy: { expiryRequired: true } }, 'organization { id }'],
  'defineModule.organizationId': ['organization', { name: 'build' }, 'module { id }'],
  'createProject.organizationId': ['organization', { name: 'n' }, 'project { id }'],
  'inviteMember.organizationId': ['organization', { email: 'a@b.c', grants: [] }, 'expiresAt'],
  'revokeInvitation.id': ['invitation', {}, 'revokedInvitationId'],
  'updateMember.memberId': ['member', { grants: [] }, 'member { id }'],
  'removeMember.memberId': ['member', {}, 'removedMemberId'],
  'createApiKey.organizationId': ['organization', { name: 'n', grants: [] }, 'secret'],
  'createApiKey.projectId': ['project', { organizationId: 'own', name: 'n', grants: [] }, 'secret'],
  'createPersonalAccessKey.organizationId': ['organization', { name: 'n' }, 'secret'],
  'updateKey.id': ['key', { name: 'n' }, 'key { id }'],
  'rotateKey.id': ['key', {}, 'secret'],
  'completeRotation.id': ['key', {}, 'key { id }'],
  'cancelRotation.id': ['key', {}, 'key { id }'],
  'suspendKey.id': ['key', {}, 'key { id }'],
  'resumeKey.id': ['key', {}, 'key { id }'],
  'revokeKey.id': ['key', {}, 'key { id }'],
  'revokeKeys.organizationId': ['organization', { filter: {}, expectedCount: 1 }, 'revokedCount'],
  'acknowledgeExpiryWarning.id': ['warning', {}, 'expiryWarning { id }'],
  'createNotificationRoute.organizationId': ['organization', NEW_ROUTE, 'signingSecret'],
  'createNotificationRoute.projectId': ['project', { organizationId: 'own', ...NEW_ROUTE }, 'signingSecret'],
  'updateNotificationRoute.id': ['route', { name: 'n' }, 'route { id }'],
  'deleteNotificationRoute.id': ['route', {}, 'deletedRouteId'],
  'sendTestNotification.id': ['route', {}, 'delivery { id }'],
  'redeliverNotifications.routeId': ['route', { afterSequence: 0 }, 'route { id }'],
  'endSessions.id': ['session', {}, 'endedSessionIds'],
  'exchangeKey.organizationId': ['organization', { secret: 'secret' }, 'accessToken'],
}

/** The same of queries; `$id` is the id. */
const OF_QUERIES: readonly (readonly [query: string, kind: Kind, path: string])[] = [
  ['organization(id: $id) { id }', 'organization', 'id'],
  ['key(id: $id) { id }', 'key', 'id'],
  ['viewer { grants(organizationId: $id) { module } }', 'organization', 'organizationId'],
  ...(
    [
      'organization',
      'project',
      'key',
      'member',
      'warning',
      'event',
      'user',
      'module',
      'route',
      'delivery',
      'session',
    ] as const
  ).map((kind) => ['node(id: $id) { id }', kind, 'id'] as const),
]

const inputIds = (): string[] =>
  Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap((field) => {
    const input = getNamedType(field.args[0]?.type)
    if (!isInputObjectType(input)) return []
    return Object.values(input.getFields())
      .filter(({ type }) => getNamedType(type) === GraphQLID)
      .map(({ name }) => `${field.name}.${name}`)
  })

describe('the tables of this file', () => {
  it('contain every id that a mutation takes', () => {
    expect(inputIds().sort()).toEqual(Object.keys(OF_MUTATIONS).sort())
  })
})

const hex = () => randomUUID().replaceAll('-', '')
const malformed = (kind: Kind): string[] => {
  const prefix = PREFIXES[kind]
  const other = kind === 'user' ? 'key' : 'usr'
  return [
    '',
    ' ',
    prefix,
    hex(),
    `${other}_${hex()}`,
    `${prefix}_${hex()}0`,
    `${prefix}_${hex()}`.toUpperCase(),
    `${prefix}_${'0'.repeat(32)}`,
    `${prefix}_%`,
    `${prefix}_${hex()}' OR '1'='1`,
    `${prefix}_\u0000${hex().slice(1)}`,
    `${prefix}_\ud800${hex().slice(1)}`,
    'x'.repeat(10_000),
  ]
}

describe('an id', () => {
  let ann: Person
  const clock = new ManualClock()
  /** Of another tenant's objects, of each kind one. */
  const foreign = {} as Record<Kind, string>

  const app = useApp({ clock })
  beforeAll(async () => {
    await app.app.parts.sweeper.stop()
    ann = await app.person('Ann', [{ module: '*', role: 'OWNER' }])
    const { organizationId, owner } = await app.stranger()
    const client = owner.client
    const { createProject } = await client.run(CreateProjectDocument, { input: { organizationId, name: 'P' } })
    const { createApiKey } = await client.run(CreateApiKeyDocument, {
      input: { organizationId, name: 'K', grants: [], expiresIn: 'P10D', warnBefore: ['P9D'] },
    })
    const { inviteMember } = await client.run(InviteMemberDocument, {
      input: { organizationId, email: 'x@example.com', grants: [] },
    })
    const { createNotificationRoute } = await client.run(CreateNotificationRouteDocument, {
      input: { organizationId, ...NEW_ROUTE },
    })
    const { sendTestNotification } = await client.run(SendTestNotificationDocument, {
      input: { id: createNotificationRoute.route.id },
    })
    clock.advance(2 * 86_400)
    await app.app.parts.sweeper.sweep()
    const warnings = await client.run(ListExpiryWarningsDocument, { organizationId })
    const members = await client.run(MembersDocument, { organizationId })
    const events = await client.run(AuditEventsDocument, { organizationId, first: 1 })
    const { data } = await client.send<{ organization: { modules: { id: string }[] } }>(
      'query ($id: ID!) { organization(id: $id) { modules { id } } }',
      { id: organizationId },
    )
    Object.assign(foreign, {
      organization: organizationId,
      project: createProject.project.id,
      route: createNotificationRoute.route.id,
      delivery: sendTestNotification.delivery.id,
      key: createApiKey.apiKey.id,
      invitation: inviteMember.invitation.id,
      warning: warnings.organization?.expiryWarnings?.edges[0]?.node.id,
      member: members.organization?.members?.edges.at(-1)?.node.id,
      user: owner.userId,
      event: events.organization?.auditEvents?.edges[0]?.node.id,
      module: data?.organization.modules[0]?.id,
      session: (await (await signIn(app, owner.secret)).run(SessionsDocument, {})).viewer.sessions[0]?.id,
    })
    for (const [kind, id] of Object.entries(foreign)) expect(id).toMatch(new RegExp(`^${PREFIXES[kind as Kind]}_`))
  })

  const mutate = (place: string, id: unknown) => {
    const [mutation = '', field = ''] = place.split('.')
    const [, rest, selection] = OF_MUTATIONS[place] ?? ['key', {}, '']
    const own: Record<string, string> = { own: app.organizationId, secret: ann.secret }
    const input = Object.fromEntries(
      Object.entries({ ...rest, [field]: id }).map(([name, value]) => [name, own[value as string] ?? value]),
    )
    const type = schema.getMutationType()?.getFields()[mutation]?.args[0]?.type
    return ann.client.send(`mutation ($input: ${type}) { ${mutation}(input: $input) { ${selection} } }`, { input })
  }
  const query = (selection: string, id: unknown) => ann.client.send(`query ($id: ID!) { ${selection} }`, { id })

  it.each(Object.keys(OF_MUTATIONS))('that is malformed is rejected in %s, and changes nothing', async (place) => {
    const [kind] = OF_MUTATIONS[place] ?? ['key']
    const before = await headsOf(app)
    for (const id of [...malformed(kind), 5, true, {}, [`${PREFIXES[kind]}_${hex()}`, 'x']]) {
      const { data, errors } = await mutate(place, id)
      expect(data ?? null).toBeNull()
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: place.split('.')[1] }] })
    }
    expect(await headsOf(app)).toEqual(before)
  })

  it.each(Object.keys(OF_MUTATIONS))('of another tenant and an unknown one in %s both get NOT_FOUND', async (place) => {
    const [kind] = OF_MUTATIONS[place] ?? ['key']
    const before = await changesIn(app)
    const unknown = await mutate(place, `${PREFIXES[kind]}_${hex()}`)
    const others = await mutate(place, foreign[kind])
    expect(others.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
    expect(others).toEqual(unknown)
    expect(await changesIn(app)).toEqual(before)
  })

  it.each(OF_QUERIES)('that is malformed is rejected in %s: %s', async (selection, kind, path) => {
    const wrong = malformed(kind).filter(
      (id) => !selection.startsWith('node') || !/^(?:usr|key)_[0-9a-f]{32}$/.test(id),
    )
    for (const id of wrong) {
      const { errors } = await query(selection, id)
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
    }
  })

  it.each(OF_QUERIES)("in %s of another tenant's %s and an unknown one both get NOT_FOUND", async (selection, kind) => {
    const unknown = await query(selection, `${PREFIXES[kind]}_${hex()}`)
    const others = await query(selection, foreign[kind])
    expect(others.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
    expect(others).toEqual(unknown)
  })

  it.each([
    ['apiKeys', 'projectId', 'KeyFilter'],
    ['apiKeys', 'createdById', 'KeyFilter'],
    ['auditEvents', 'actorId', 'AuditEventFilter'],
    ['auditEvents', 'targetId', 'AuditEventFilter'],
  ])(
    'in the filter of %s by %s is rejected if it is malformed, and NOT_FOUND if it is of another tenant',
    async (list, field, type) => {
      const find = (id: string) =>
        ann.client.send<{ organization: Record<string, { edges: unknown[] }> }>(
          `query ($id: ID!, $filter: ${type}) { organization(id: $id) { ${list}(filter: $filter) { edges { cursor } } } }`,
          { id: app.organizationId, filter: { [field]: id } },
        )
      const kind = field === 'projectId' ? 'project' : 'user'
      for (const id of ['', `${PREFIXES[kind]}_\u0000${hex().slice(1)}`, `abc_${hex()}`, 'x'.repeat(10_000)]) {
        const { errors } = await find(id)
        expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: `filter.${field}` }] })
      }
      const others = await find(foreign[kind])
      expect(others.errors?.[0]?.extensions.code).toBe('NOT_FOUND')
      expect(others).toEqual(await find(`${PREFIXES[kind]}_${hex()}`))
    },
  )

  it('has caused no internal error', () => {
    expect(app.logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([])
  })
})
