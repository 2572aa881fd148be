import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  ExpiryWarningsDocument,
  type GrantInput,
  KeyEventsDocument,
  MembersDocument,
  ResumeKeyDocument,
  SuspendKeyDocument,
  TypedDocumentString,
  UpdateMemberDocument,
} from '../../src/generated/graphql.ts'
import { type Person, useApp } from '../support/boot.ts'
import { keyAfterSignIn } from '../support/people.ts'
import { TRANSPORTS, untilLive, untilNothingIsLeft } from '../support/transports.ts'

type Variables = { organizationId: string }
const EventOrigins = new TypedDocumentString<
  { keyEvents: { ipAddress: string | null; userAgent: string | null } },
  Variables
>('subscription ($organizationId: ID!) { keyEvents(organizationId: $organizationId) { ipAddress userAgent } }')
const WarnedKeys = new TypedDocumentString<
  { expiryWarnings: { key: { id: string; createdBy: { kind: string } | null } } },
  Variables
>(
  'subscription ($organizationId: ID!) { expiryWarnings(organizationId: $organizationId) { key { id createdBy { kind } } } }',
)

const VIEWER: GrantInput = { module: 'keys', role: 'VIEWER' }

describe.each(TRANSPORTS)('the rights behind a subscription by $name', ({ open }) => {
  let organizationId: string
  const app = useApp()
  beforeAll(async () => {
    organizationId = app.organizationId
  })
  afterEach(() => {
    app.owner.close()
    return untilNothingIsLeft(app)
  })

  const regrant = async ({ userId }: Person, grants: GrantInput[]) => {
    const { organization } = await app.owner.run(MembersDocument, { organizationId, last: 100 })
    const memberId = organization?.members?.edges.find((edge) => edge.node.user.id === userId)?.node.id ?? ''
    await app.owner.run(UpdateMemberDocument, { input: { memberId, grants } })
  }
  const toggle = async (id: string) => {
    await app.owner.run(SuspendKeyDocument, { id })
    await app.owner.run(ResumeKeyDocument, { id })
  }

  it('a manager who becomes a viewer gets no more events of personal keys, and still those of API keys', async () => {
    const other = await app.person('Olga Other', [])
    const apiKey = await app.apiKey()
    const caller = await app.person('Mina Manager', [{ module: 'keys', role: 'MANAGER' }])
    const { results } = await open(caller.client, KeyEventsDocument, { organizationId })
    await untilLive(app, 1)
    await toggle(other.keyId)
    const before = (await results.takeMany(2)).map(({ data }) => data?.keyEvents.targetId)
    expect(before).toEqual([other.keyId, other.keyId])
    await regrant(caller, [VIEWER])
    await toggle(other.keyId)
    await toggle(apiKey.id)
    const after = (await results.takeMany(2)).map(({ data }) => data?.keyEvents.targetId)
    expect(after).toEqual([apiKey.id, apiKey.id])
    caller.client.close()
  })

  it('a viewer who becomes a manager gets events of personal keys from the next one on', async () => {
    const other = await app.person('Oskar Other', [])
    const caller = await app.person('Vera Viewer', [VIEWER])
    // Not her first key, which stays within the invitation.
    const { client } = await keyAfterSignIn(app, caller.userId, { name: 'grows' })
    const { results } = await open(client, KeyEventsDocument, { organizationId })
    await untilLive(app, 1)
    await toggle(other.keyId)
    await regrant(caller, [{ module: 'keys', role: 'MANAGER' }])
    await app.owner.run(SuspendKeyDocument, { id: other.keyId })
    expect((await results.take()).data?.keyEvents).toMatchObject({ type: 'KEY_SUSPENDED', targetId: other.keyId })
    expect(results.pending).toEqual([])
    client.close()
  })

  it('fields that need a grant are refused and returned with the grant, from the next event on', async () => {
    const { id } = await app.apiKey()
    const caller = await app.person('Anna Auditor', [VIEWER, { module: 'audit', role: 'MANAGER' }])
    const { results } = await open(caller.client, EventOrigins, { organizationId })
    await untilLive(app, 1)
    const next = async () => {
      await app.owner.run(SuspendKeyDocument, { id })
      const { data, errors } = await results.take()
      await app.owner.run(ResumeKeyDocument, { id })
      await results.take()
      return { fields: data?.keyEvents, refused: errors?.map((error) => [error.path?.at(-1), error.extensions]) }
    }
    const forbidden = { code: 'FORBIDDEN', required: ['audit:manager'] }
    expect(await next()).toEqual({ fields: { ipAddress: '127.0.0.1', userAgent: expect.any(String) } })
    await regrant(caller, [VIEWER, { module: 'audit', role: 'VIEWER' }])
    expect(await next()).toEqual({
      fields: { ipAddress: null, userAgent: null },
      refused: [
        ['ipAddress', forbidden],
        ['userAgent', forbidden],
      ],
    })
    await regrant(caller, [VIEWER, { module: 'audit', role: 'MANAGER' }])
    expect((await next()).fields?.ipAddress).toBe('127.0.0.1')
    caller.client.close()
  })

  it('the creator of a key in a warning needs keys:operator', async () => {
    const caller = await app.person('Otto Operator', [{ module: 'keys', role: 'OPERATOR' }])
    const { results } = await open(caller.client, WarnedKeys, { organizationId })
    await untilLive(app, 1)
    const warn = () => app.apiKey({ expiresIn: 'PT3600S', warnBefore: ['PT3599S'] })
    await warn()
    expect((await results.take()).data?.expiryWarnings.key.createdBy).toEqual({ kind: 'USER' })
    await regrant(caller, [VIEWER])
    const { id } = await warn()
    const { data, errors } = await results.take()
    expect(data?.expiryWarnings.key).toEqual({ id, createdBy: null })
    expect(errors).toMatchObject([
      {
        path: ['expiryWarnings', 'key', 'createdBy'],
        extensions: { code: 'FORBIDDEN', required: ['keys:operator'] },
      },
    ])
    caller.client.close()
  })

  it('a member who loses keys:viewer still gets the warnings about their own keys, and no others', async () => {
    const caller = await app.person('Paul Plain', [VIEWER])
    const { results } = await open(caller.client, ExpiryWarningsDocument, { organizationId })
    await untilLive(app, 1)
    await regrant(caller, [])
    const manager = await open(app.owner, ExpiryWarningsDocument, { organizationId })
    await untilLive(app, 2)
    await app.apiKey({ expiresIn: 'PT3600S', warnBefore: ['PT3599S'] })
    await manager.results.take()
    const created = await caller.client.send<{ createPersonalAccessKey: { personalAccessKey: { id: string } } }>(
      `mutation ($input: CreatePersonalAccessKeyInput!) {
        createPersonalAccessKey(input: $input) { personalAccessKey { id } }
      }`,
      { input: { organizationId, name: 'mine', expiresIn: 'PT3600S', warnBefore: ['PT3599S'] } },
    )
    const { data } = await results.take()
    expect(data?.expiryWarnings.key.id).toBe(created.data?.createPersonalAccessKey.personalAccessKey.id)
    caller.client.close()
  })
})
