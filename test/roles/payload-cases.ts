import { type GraphQLObjectType, getNamedType, isLeafType } from 'graphql'
import type { TestApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { argumentsOf, fieldsOf, mayBeNull } from './field-cases.ts'
import { ask, type Furniture, join, SILENT_TARGET, signedIn } from './furniture.ts'
import { callOf, makeRoute } from './mutation-cases.ts'
import { type Caller, decideRow, type Target, type Verdict } from './oracle.ts'

type Payload = Readonly<Record<string, unknown>>

/** A change that is really made, on something that was put there for it. */
interface Change {
  readonly name: string
  readonly target: Target
  readonly input: object
  /** What the object in the payload is, for the rules. */
  readonly made: (payload: Payload, caller: Caller) => Target
}

/** One field of a payload, or of the object in it. */
export interface PayloadField {
  readonly row: string
  readonly path: readonly string[]
  readonly mayBeNull: boolean
  readonly expect: (caller: Caller, payload: Payload) => Verdict
}

export interface PayloadCase {
  readonly name: string
  readonly text: string
  readonly fields: readonly PayloadField[]
}

let count = 0
const fresh = (what: string): string => {
  count += 1
  return `${what} ${count}`
}

const idIn = (payload: Payload, field: string): string =>
  String((payload[field] as { readonly id: string } | undefined)?.id)

/** Makes the things that changes are tried on. */
const workshop = (app: TestApp, place: Furniture) => {
  const { organizationId, targets } = place
  const { organization, apiKey } = targets
  const key = async (more: object = {}) => {
    const made = await ask<{ createApiKey: { apiKey: { id: string }; secret: string } }>(
      app.owner,
      'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } secret } }',
      { input: { organizationId, name: fresh('tried'), grants: [], ...more } },
    )
    return { id: made.createApiKey.apiKey.id, secret: made.createApiKey.secret }
  }
  const targetOf = (id: string): Target => ({
    ...apiKey,
    ...(apiKey.key === undefined ? {} : { key: { ...apiKey.key, id } }),
  })
  const there = (): Target => organization
  const onKey = async (name: string, before: string | null, more: (id: string) => object = () => ({})) => {
    const { id } = await key()
    if (before !== null) await ask(app.owner, `mutation { ${before.replaceAll('ID', id)} { __typename } }`)
    const target = targetOf(id)
    return { name, target, input: { id, ...more(id) }, made: () => target }
  }
  const invite = async () => {
    const email = `${fresh('tried').replace(' ', '.')}@example.com`
    const { inviteMember } = await ask<{ inviteMember: { invitationToken: string; invitation: { id: string } } }>(
      app.owner,
      'mutation($input: InviteMemberInput!) { inviteMember(input: $input) { invitationToken invitation { id } } }',
      { input: { organizationId, email, grants: [] } },
    )
    return { ...inviteMember, email }
  }
  return { key, onKey, invite, there, join: () => join(app, app.owner, organizationId, { grants: [] }) }
}

/** Every change that needs a right, each ready to be made once. */
const changes = (app: TestApp, place: Furniture): (() => Promise<Change>)[] => {
  const { organizationId, targets, apiKeyWarning } = place
  const { organization, apiKey } = targets
  const { key, onKey, invite, there, join: letIn } = workshop(app, place)
  const inOrganization =
    (name: string, input: () => object, made: Change['made'] = there) =>
    async () => ({
      name,
      target: organization,
      input: { organizationId, ...input() },
      made,
    })
  return [
    async () => ({
      name: 'createOrganization',
      target: organization,
      input: { parentId: organizationId, name: fresh('Tried') },
      made: (payload) => ({ path: [idIn(payload, 'organization'), ...place.path] }),
    }),
    inOrganization('updateKeyPolicy', () => ({ policy: {} })),
    inOrganization('updateAuditRetention', () => ({ keep: null })),
    inOrganization('defineModule', () => ({ name: fresh('tried').replace(' ', '-') })),
    inOrganization('createProject', () => ({ name: fresh('Tried') })),
    inOrganization('inviteMember', () => ({
      email: `${fresh('made').replace(' ', '.')}@example.com`,
      grants: [],
    })),
    async () => {
      const { invitation } = await invite()
      return { name: 'revokeInvitation', target: organization, input: { id: invitation.id }, made: there }
    },
    async () => {
      const { memberId } = await letIn()
      return { name: 'updateMember', target: organization, input: { memberId, grants: [] }, made: there }
    },
    async () => {
      const { memberId } = await letIn()
      return { name: 'removeMember', target: organization, input: { memberId }, made: there }
    },
    inOrganization(
      'createApiKey',
      () => ({ name: fresh('made'), grants: [] }),
      (payload, { userId, keyId }) => ({
        path: place.path,
        key: {
          id: idIn(payload, 'apiKey'),
          kind: 'API_KEY',
          ownerId: null,
          createdById: userId ?? keyId ?? '',
          grants: [],
        },
      }),
    ),
    inOrganization(
      'createPersonalAccessKey',
      () => ({ name: fresh('made') }),
      (payload, { userId, narrowedTo }) => ({
        path: place.path,
        key: {
          id: idIn(payload, 'personalAccessKey'),
          kind: 'PERSONAL_ACCESS_KEY',
          ownerId: userId,
          createdById: userId ?? '',
          grants: narrowedTo,
        },
      }),
    ),
    () => onKey('updateKey', null, () => ({ name: fresh('renamed') })),
    () => onKey('rotateKey', null, () => ({ overlap: 'PT1H' })),
    () => onKey('completeRotation', 'rotateKey(input: { id: "ID", overlap: "PT1H" })'),
    () => onKey('cancelRotation', 'rotateKey(input: { id: "ID", overlap: "PT1H" })'),
    () => onKey('suspendKey', null),
    () => onKey('resumeKey', 'suspendKey(input: { id: "ID" })'),
    () => onKey('revokeKey', null),
    async () => {
      const name = fresh('bulk')
      await key({ name })
      const input = { organizationId, filter: { search: name }, expectedCount: 1 }
      return { name: 'revokeKeys', target: organization, input, made: there }
    },
    // The route of an earlier change is deleted again: an organization has a limited number of them.
    async () => {
      await ask(app.owner, `mutation { a: ${callOf('deleteNotificationRoute', { id: await makeRoute(app, place) })} }`)
      return {
        name: 'createNotificationRoute',
        target: organization,
        input: { organizationId, name: fresh('Made'), target: SILENT_TARGET },
        made: there,
      }
    },
    async () => ({
      name: 'updateNotificationRoute',
      target: organization,
      input: { id: place.route, name: fresh('Renamed') },
      made: there,
    }),
    async () => ({
      name: 'deleteNotificationRoute',
      target: organization,
      input: { id: await makeRoute(app, place) },
      made: there,
    }),
    async () => ({ name: 'sendTestNotification', target: organization, input: { id: place.route }, made: there }),
    async () => ({
      name: 'redeliverNotifications',
      target: organization,
      input: { routeId: place.route, afterSequence: 1 },
      made: there,
    }),
    async () => ({
      name: 'acknowledgeExpiryWarning',
      target: apiKey,
      input: { id: apiKeyWarning },
      made: () => apiKey,
    }),
  ]
}

/** It ends the caller's own sessions, so that it needs them to be a person. */
const endingOfSessions =
  ({ userId }: Caller): (() => Promise<Change>) =>
  async () => {
    const target: Target = { path: null, ...(userId === null ? {} : { userId }) }
    return { name: 'endSessions', target, input: {}, made: () => target }
  }

const payloadOf = (mutation: string): GraphQLObjectType =>
  getNamedType(fieldsOf('Mutation')[mutation]?.type ?? null) as GraphQLObjectType

/** Asks for all of a payload, and for all of the object in it. */
const caseOf = (change: Change, place: Furniture): PayloadCase => {
  const payload = payloadOf(change.name)
  const fields: PayloadField[] = []
  const selections = Object.values(payload.getFields()).map((field) => {
    const row = `${payload.name}.${field.name}`
    fields.push({ row, path: [field.name], mayBeNull: mayBeNull(row, field), expect: () => ({ open: true }) })
    const type = getNamedType(field.type)
    if (isLeafType(type)) return field.name
    const inner = Object.values(fieldsOf(type.name)).map((inside) => {
      const innerRow = `${type.name}.${inside.name}`
      fields.push({
        row: innerRow,
        path: [field.name, inside.name],
        // What has just been made was never used.
        mayBeNull: mayBeNull(innerRow, inside) || isLeafType(inside.type),
        expect: (caller, made) => decideRow(innerRow, caller, change.made(made, caller)),
      })
      const leaf = isLeafType(getNamedType(inside.type)) ? '' : ' { __typename }'
      return `${inside.name}${argumentsOf(innerRow, inside, place)}${leaf}`
    })
    return `${field.name} { ${inner.join(' ')} }`
  })
  const text = `mutation { ${callOf(change.name, change.input, selections.join(' '))} }`
  return { name: change.name, text, fields }
}

/** The changes that a caller may make by the table, each ready to be made. */
export const payloadCases = async (app: TestApp, place: Furniture, caller: Caller): Promise<PayloadCase[]> => {
  const cases: PayloadCase[] = []
  for (const prepare of [...changes(app, place), endingOfSessions(caller)]) {
    const change = await prepare()
    if (decideRow(`Mutation.${change.name}`, caller, change.target).open) cases.push(caseOf(change, place))
  }
  return cases
}

/** What those answer that need a secret, a token or an invitation and nothing else. */
export const openPayloads = async (
  app: TestApp,
  place: Furniture,
): Promise<{ name: string; text: string; client: TestClient }[]> => {
  const { key, invite } = workshop(app, place)
  const { secret } = await key()
  const { invitationToken, email } = await invite()
  const invited = await signedIn(app, email)
  const { exchangeKey } = await ask<{ exchangeKey: { accessToken: string } }>(
    app.anonymous,
    `mutation { exchangeKey(input: { secret: "${secret}" }) { accessToken } }`,
  )
  return (
    [
      ['acceptInvitation', { invitationToken, name: fresh('Joined') }],
      ['exchangeKey', { secret }],
      ['revokeAccessToken', { token: exchangeKey.accessToken }],
      ['revokeSecret', { secret }],
    ] as const
  ).map(([name, input]) => {
    const selections = Object.values(payloadOf(name).getFields()).map((field) =>
      isLeafType(getNamedType(field.type)) ? field.name : `${field.name} { id }`,
    )
    const client = name === 'acceptInvitation' ? invited : app.anonymous
    return { name, client, text: `mutation { ${callOf(name, input, selections.join(' '))} }` }
  })
}

export const rowsOfPayload = (mutation: string): string[] =>
  Object.keys(payloadOf(mutation).getFields()).map((field) => `${payloadOf(mutation).name}.${field}`)
