import { randomUUID } from 'node:crypto'
import {
  type GraphQLArgument,
  type GraphQLInputField,
  getNamedType,
  isInputObjectType,
  isLeafType,
  isObjectType,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schema } from '../../src/graphql-server/schema.ts'
import { boot, type Person, type TestApp } from '../support/boot.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { sweepAll } from '../support/sweeping.ts'
import { type Furniture, found, furnish, SILENT_TARGET } from './furniture.ts'

const NODES = [
  'organization',
  'project',
  'module',
  'member',
  'user',
  'key',
  'warning',
  'event',
  'route',
  'delivery',
  'session',
] as const
type Ids = Readonly<Record<(typeof NODES)[number] | 'invitation', string>>

const idsOf = (place: Furniture): Ids => ({
  organization: place.organizationId,
  project: place.project,
  member: place.member.memberId,
  user: place.member.userId,
  module: place.module,
  warning: place.apiKeyWarning,
  event: place.event,
  route: place.route,
  delivery: place.delivery,
  session: place.session,
  key: place.apiKey,
  invitation: place.invitation,
})

/** A field that takes ids, and what it must be given besides. */
interface Place {
  readonly field: string
  /** Where the id goes, from the field's arguments on. */
  readonly path: readonly string[]
  readonly kind: keyof Ids
}

const KINDS: readonly (readonly [RegExp, keyof Ids])[] = [
  [/(organization|parent)Id$|^Query\.organization\.id$/, 'organization'],
  [/projectId$/, 'project'],
  [/memberId$/, 'member'],
  [/(createdBy|actor)Id$/, 'user'],
  [/Invitation\.input\.id$/, 'invitation'],
  [/Warning\.input\.id$/, 'warning'],
  [/Sessions\.input\.id$/, 'session'],
  [/Notification(Route)?\.input\.id$|routeId$/, 'route'],
  [/id$|keyId$|targetId$/i, 'key'],
]

/** Every place below an argument or an input field that takes an id. */
const placesBelow = (
  field: string,
  inputs: readonly (GraphQLArgument | GraphQLInputField)[],
  path: string[],
): Place[] =>
  inputs.flatMap((input) => {
    const type = getNamedType(input.type)
    const here = [...path, input.name]
    if (isInputObjectType(type)) return placesBelow(field, Object.values(type.getFields()), here)
    if (type.name !== 'ID') return []
    // By this one everything is found that has an id.
    if (field === 'Query.node') return NODES.map((kind) => ({ field, path: here, kind }))
    const kind = KINDS.find(([shape]) => shape.test(`${field}.${here.join('.')}`))?.[1] ?? 'key'
    return [{ field, path: here, kind }]
  })

const PARENTS = ['Query', 'Mutation', 'Subscription', 'Organization', 'Viewer']
const PLACES: readonly Place[] = Object.values(schema.getTypeMap())
  .flatMap((type) => (isObjectType(type) ? [type] : []))
  .flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) => placesBelow(`${type.name}.${field.name}`, field.args, [])),
  )

/** What an operation needs besides the id, where it needs more than nothing. */
const needed = (field: string, own: Ids, secret: string): Record<string, unknown> => {
  const grants = { grants: [] }
  const organizationId = own.organization
  const inputs: Record<string, Record<string, unknown>> = {
    createOrganization: { name: 'Made' },
    updateKeyPolicy: { organizationId, policy: {} },
    updateAuditRetention: { organizationId },
    defineModule: { organizationId, name: 'made' },
    createProject: { organizationId, name: 'Made' },
    inviteMember: { organizationId, email: 'made@example.com', ...grants },
    updateMember: { memberId: own.member, ...grants },
    createApiKey: { organizationId, name: 'Made', ...grants },
    createPersonalAccessKey: { organizationId, name: 'Made' },
    updateKey: { id: own.key, name: 'Made' },
    revokeKeys: { organizationId, filter: {}, expectedCount: -1 },
    createNotificationRoute: { organizationId, name: 'Made', target: SILENT_TARGET },
    updateNotificationRoute: { id: own.route, name: 'Made' },
    redeliverNotifications: { routeId: own.route, afterSequence: 0 },
    exchangeKey: { secret },
  }
  const [type, name = ''] = field.split('.')
  if (type === 'Mutation') return { input: inputs[name] ?? {} }
  return type === 'Subscription' ? { organizationId } : {}
}

const withId = (given: Record<string, unknown>, [step = '', ...rest]: readonly string[], id: string): object => ({
  ...given,
  [step]: rest.length === 0 ? id : withId((given[step] ?? {}) as Record<string, unknown>, rest, id),
})

describe('an id', () => {
  let app: TestApp
  let owner: Person
  let own: Ids
  let foreign: Ids
  beforeAll(async () => {
    const clock = new ManualClock(new Date())
    app = await boot({ clock })
    owner = await app.person('Owner', [{ module: '*', role: 'OWNER' }])
    const { data } = await app.owner.send<{ viewer: { user: { id: string } } }>('{ viewer { user { id } } }')
    const founder = { client: app.owner, userId: data?.viewer.user.id ?? '' }
    const stranger = await app.stranger()
    const here = await furnish(app, founder, [app.organizationId])
    const there = await furnish(app, founder, [stranger.organizationId])
    clock.advance(2)
    await sweepAll(app)
    own = idsOf(await found(app, here))
    foreign = idsOf(await found(app, there))
  })
  afterAll(() => app.close())

  /** What comes of handing in an id there: the errors, without the id, and whether there was any data. */
  const handIn = async ({ field, path }: Place, id: string): Promise<{ code: string | undefined; text: string }> => {
    const [type = '', name = ''] = field.split('.')
    const definition = schema.getType(type)
    const args = isObjectType(definition) ? (definition.getFields()[name]?.args ?? []) : []
    const given = withId(needed(field, own, owner.secret), path, id) as Record<string, unknown>
    const used = args.filter((arg) => arg.name in given)
    const declared = used.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ')
    const returned = isObjectType(definition) ? definition.getFields()[name]?.type : undefined
    const selection = returned !== undefined && isLeafType(getNamedType(returned)) ? '' : '{ __typename }'
    const call = `${name}(${used.map((arg) => `${arg.name}: $${arg.name}`).join(', ')}) ${selection}`
    const inside: Record<string, string> = {
      Organization: `organization(id: "${own.organization}") { ${call} }`,
      Viewer: `viewer { ${call} }`,
    }
    const kind = ['Mutation', 'Subscription'].includes(type) ? type.toLowerCase() : 'query'
    const query = `${kind}(${declared}) { ${inside[type] ?? call} }`
    if (kind !== 'subscription') {
      const { errors, data } = await owner.client.send(query, given)
      return { code: errors?.[0]?.extensions.code, text: JSON.stringify({ errors, data }).replaceAll(id, 'ID') }
    }
    const { results, stop } = await owner.client.subscribe({ toString: () => query }, given)
    const { errors } = await results.take()
    stop()
    return { code: errors?.[0]?.extensions.code, text: JSON.stringify(errors).replaceAll(id, 'ID') }
  }

  it('is tried in every place of the schema', () => {
    expect([...new Set(PLACES.map(({ field }) => field.split('.')[0]))].sort()).toEqual([...PARENTS].sort())
    expect(PLACES.length).toBeGreaterThan(35)
  })

  it.each(PLACES.map((place) => [`${place.field} ${place.path.join('.')} (${place.kind})`, place] as const))(
    'of another tenant is NOT_FOUND at %s, exactly like one that does not exist, and a text that is none BAD_USER_INPUT',
    async (_, place) => {
      const theirs = await handIn(place, foreign[place.kind])
      // A list of ids selects: one that the caller may not see selects nothing.
      if (!place.path.includes('ids')) expect(theirs.code).toBe('NOT_FOUND')
      const prefix = foreign[place.kind].slice(0, foreign[place.kind].indexOf('_') + 1)
      const unknown = await handIn(place, `${prefix}${randomUUID().replaceAll('-', '')}`)
      expect(unknown.text).toBe(theirs.text)
      expect((await handIn(place, 'none')).code).toBe('BAD_USER_INPUT')
    },
  )
})
