import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  ApiKeysDocument,
  CreateApiKeyDocument,
  CreatePersonalAccessKeyDocument,
  InviteMemberDocument,
  KeyByIdDocument,
  KeyEventsDocument,
  RevocationsDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  ViewerDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { exchanged, newestEvent, tokenOf } from '../support/tokens.ts'
import { TRANSPORTS, untilLive } from '../support/transports.ts'

describe.each(ENGINES)('an access token as a bearer on %s', (engine) => {
  const app = useApp({ engine })

  const clientOf = (token: string) => {
    const client = app.anonymous.with(token)
    onTestFinished(() => client.close())
    return client
  }

  it('authenticates its key, over HTTP and over a WebSocket', async () => {
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'OPERATOR' }] })
    const client = clientOf(await tokenOf(app, key))
    expect((await client.run(ViewerDocument, {})).viewer).toMatchObject({ kind: 'API_KEY', key: { id: key.id } })
    const byGet = await fetch(`${app.url}/graphql?query=${encodeURIComponent('{ viewer { key { id } } }')}`, {
      headers: { ...client.headers, accept: 'application/json' },
    })
    expect(await byGet.json()).toEqual({ data: { viewer: { key: { id: key.id } } } })
    const bySocket = await client.subscribe(ViewerDocument, {})
    expect((await bySocket.results.take()).data?.viewer.key?.id).toBe(key.id)
    const { createApiKey } = await client.run(CreateApiKeyDocument, {
      input: { organizationId: app.organizationId, name: `by token on ${engine}`, grants: [] },
    })
    expect(await newestEvent(app, 'KEY_CREATED', createApiKey.apiKey.id)).toMatchObject({
      actor: { kind: 'API_KEY', id: key.id },
    })
  })

  it("of a person authenticates the person, with the grants of the token's scope", async () => {
    const person = await app.person('Ada', [{ module: '*', role: 'MANAGER' }])
    const client = clientOf(await exchanged(app, person.secret, { scope: 'audit:viewer' }))
    const { viewer } = await client.run(ViewerGrantsDocument, { organizationId: app.organizationId })
    expect(viewer.grants).toEqual([{ module: 'audit', role: 'VIEWER' }])
    expect((await client.run(ViewerDocument, {})).viewer.user?.id).toBe(person.userId)
  })

  describe('with a scope of audit:viewer, of a key that may do everything', () => {
    let target: { id: string }
    let key: { id: string; secret: string }
    let token: string
    beforeAll(async () => {
      target = await app.apiKey()
      key = await app.apiKey({ grants: [{ module: '*', role: 'MANAGER' }] })
      token = await tokenOf(app, key, { scope: 'audit:viewer' })
    })

    const FORBIDDEN = [
      ['list keys', ApiKeysDocument, () => ({ organizationId: app.organizationId }), 'keys:viewer'],
      ['read a key', KeyByIdDocument, () => ({ id: target.id }), 'keys:viewer'],
      ['suspend a key', SuspendKeyDocument, () => ({ id: target.id }), 'keys:manager'],
      ['change a key', UpdateKeyDocument, () => ({ input: { id: target.id, name: 'mine' } }), 'keys:operator'],
      [
        'create a key',
        CreateApiKeyDocument,
        () => ({ input: { organizationId: app.organizationId, name: 'x', grants: [] } }),
        'keys:operator',
      ],
      [
        'invite somebody',
        InviteMemberDocument,
        () => ({ input: { organizationId: app.organizationId, email: 'x@example.com', grants: [] } }),
        'members:manager',
      ],
    ] as const

    it.each(FORBIDDEN)('cannot %s, although the key itself can', async (_what, document, variables, required) => {
      const { errors } = await clientOf(token).send(document.toString(), variables())
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', required: [required] })
    })

    it('cannot get a secret of the key, which has more rights', async () => {
      const { errors } = await clientOf(token).try(RotateKeyDocument, { input: { id: key.id } })
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', required: [] })
    })

    it.each(TRANSPORTS)('cannot subscribe by $name to what it may not read', async ({ open }) => {
      const { organizationId } = app
      const client = clientOf(token)
      const events = await open(client, KeyEventsDocument, { organizationId })
      const revocations = await open(client, RevocationsDocument, { organizationId })
      const refusals = [(await events.results.take()).errors, (await revocations.results.take()).errors]
      expect(refusals.map((errors) => errors?.[0]?.extensions)).toEqual([
        { code: 'FORBIDDEN', required: ['keys:viewer'] },
        { code: 'FORBIDDEN', required: ['tokens:viewer'] },
      ])
    })
  })

  it('of a person cannot get a key of theirs', async () => {
    const person = await app.person('Grace', [{ module: '*', role: 'MANAGER' }])
    const client = clientOf(await exchanged(app, person.secret, { scope: 'keys:viewer' }))
    const make = (grants?: { module: string; role: 'MANAGER' }[]) => {
      const input = { organizationId: app.organizationId, name: 'wider', ...(grants === undefined ? {} : { grants }) }
      return client.try(CreatePersonalAccessKeyDocument, { input })
    }
    expect((await make([{ module: 'audit', role: 'MANAGER' }])).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    expect((await make()).errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    const rotation = await client.try(RotateKeyDocument, { input: { id: person.keyId } })
    expect(rotation.errors?.[0]?.extensions.code).toBe('FORBIDDEN')
  })

  it.each(TRANSPORTS)('can subscribe by $name to what it may read', async ({ open }) => {
    const key = await app.apiKey({ grants: [{ module: '*', role: 'VIEWER' }] })
    const client = clientOf(await tokenOf(app, key, { scope: 'keys:viewer' }))
    const { results, stop } = await open(client, KeyEventsDocument, { organizationId: app.organizationId })
    await untilLive(app, 1)
    const { id } = await app.apiKey()
    expect((await results.take()).data?.keyEvents).toMatchObject({ type: 'KEY_CREATED', targetId: id })
    stop()
    await untilLive(app, 0)
  })
})
