import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CancelRotationDocument,
  CompleteRotationDocument,
  CreatePersonalAccessKeyDocument,
  ExchangeKeyDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { boot, type Person, type TestApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { changesIn } from '../support/history.ts'
import { codeOf, grant } from '../support/people.ts'
import { claimsOf, exchanged, introspect, post, tokenOf } from '../support/tokens.ts'

/** A service that receives an access token tries to take over the key that it was made from. */
describe('the receiver of an access token', () => {
  let app: TestApp
  let person: Person
  let count = 0
  beforeAll(async () => {
    app = await boot()
    person = await app.person('Ann', [grant('keys:manager')])
  })
  afterAll(() => app.close())

  const operator = () => app.apiKey({ grants: [grant('keys:operator')] })
  const newPersonalKey = async () => {
    count += 1
    const input = { organizationId: app.organizationId, name: `key ${count}`, expiresIn: 'P30D' }
    const { createPersonalAccessKey: made } = await person.client.run(CreatePersonalAccessKeyDocument, { input })
    return { id: made.personalAccessKey.id, secret: made.secret, client: app.anonymous.with(made.secret) }
  }
  const withToken = async (key: { readonly id: string; readonly secret: string }): Promise<TestClient> =>
    app.anonymous.with(await tokenOf(app, key))

  it.each<[string, (key: { id: string; secret: string }) => Promise<string>]>([
    ['client credentials', (key) => tokenOf(app, key, { audience: undefined })],
    ['a token exchange', ({ secret }) => exchanged(app, secret, { audience: undefined })],
    [
      'GraphQL',
      async ({ secret }) =>
        (await app.anonymous.run(ExchangeKeyDocument, { input: { secret } })).exchangeKey.accessToken,
    ],
  ])('cannot use a token that names no audience at the API: by %s', async (_how, issue) => {
    const key = await operator()
    const token = await issue(key)
    expect(claimsOf(token).aud).toBe(`${app.url}/services`)
    const receiver = app.anonymous.with(token)
    expect(codeOf(await receiver.try(ViewerDocument, {}))).toBe('UNAUTHENTICATED')
    const takeover = { id: key.id, overlap: 'PT0S', expiresIn: 'P36500D' }
    expect(codeOf(await receiver.try(RotateKeyDocument, { input: takeover }))).toBe('UNAUTHENTICATED')
    expect((await introspect(app, token)).active).toBe(true)
    const narrowed = await exchanged(app, token)
    expect(claimsOf(narrowed).aud).toBe(`${app.url}/services`)
    const { status, body } = await post(app, '/oauth/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: app.url,
    })
    expect([status, body.error]).toEqual([400, 'invalid_target'])
    expect(codeOf(await key.client.try(ViewerDocument, {}))).toBe('done')
  })

  it('cannot rotate its key, or complete or cancel a rotation, even with a token for the API and keys:operator', async () => {
    const ofMachine = await operator()
    for (const key of [ofMachine, await newPersonalKey()]) {
      const receiver = await withToken(key)
      const before = await changesIn(app)
      expect(codeOf(await receiver.try(RotateKeyDocument, { input: { id: key.id } }))).toBe('FORBIDDEN')
      expect(await changesIn(app)).toEqual(before)
      await key.client.run(RotateKeyDocument, { input: { id: key.id } })
      const during = await changesIn(app)
      for (const document of [CompleteRotationDocument, CancelRotationDocument]) {
        const error = await receiver.fail(document as typeof CompleteRotationDocument, { id: key.id })
        expect(error).toMatchObject({ message: expect.stringContaining('secret'), extensions: { code: 'FORBIDDEN' } })
      }
      expect(await changesIn(app)).toEqual(during)
    }
  })

  it('cannot create, change, rotate, or resume personal keys of its owner', async () => {
    const used = await newPersonalKey()
    const other = await newPersonalKey()
    const receiver = app.anonymous.with(await tokenOf(app, used, { scope: 'keys:viewer' }))
    const input = { organizationId: app.organizationId, name: 'mine now' }
    expect(codeOf(await receiver.try(CreatePersonalAccessKeyDocument, { input }))).toBe('FORBIDDEN')
    for (const { id } of [used, other]) {
      expect(codeOf(await receiver.try(UpdateKeyDocument, { input: { id, name: 'mine now' } }))).toBe('FORBIDDEN')
      expect(codeOf(await receiver.try(RotateKeyDocument, { input: { id } }))).toBe('FORBIDDEN')
    }
    await person.client.run(SuspendKeyDocument, { id: other.id })
    expect(codeOf(await receiver.try(ResumeKeyDocument, { id: other.id }))).toBe('FORBIDDEN')
    expect(codeOf(await receiver.try(RevokeKeyDocument, { input: { id: other.id } }))).toBe('FORBIDDEN')
    // Ending the key that it comes from gives its holder nothing.
    expect(codeOf(await receiver.try(RevokeKeyDocument, { input: { id: used.id } }))).toBe('done')
  })

  it('can use a token of the Appcircle routes at the API, and gains nothing more by it', async () => {
    const { id, secret } = await newPersonalKey()
    const { body } = await post(app, '/auth/v2/token', { pat: secret })
    const token = String(body.access_token)
    expect(claimsOf(token).aud).toBe(app.url)
    const client = app.anonymous.with(token)
    expect(codeOf(await client.try(ViewerDocument, {}))).toBe('done')
    expect(codeOf(await client.try(RotateKeyDocument, { input: { id } }))).toBe('FORBIDDEN')
  })

  it.each([
    ['expiresIn', 'P36500D'],
    ['expiresAt', '2100-01-01T00:00:00.000Z'],
  ])('with the secret cannot extend the lifetime of the key: %s', async (field, value) => {
    const key = await app.apiKey({ expiresIn: 'PT1H' })
    const error = await key.client.fail(RotateKeyDocument, { input: { id: key.id, [field]: value } })
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: field }] })
    const { rotateKey } = await key.client.run(RotateKeyDocument, { input: { id: key.id, expiresIn: 'PT30M' } })
    const life = Date.parse(String(rotateKey.key.expiresAt)) - Date.now()
    expect(life).toBeLessThanOrEqual(1_800_000)
    // An operator decides otherwise.
    await app.owner.run(CompleteRotationDocument, { id: key.id })
    await app.owner.run(RotateKeyDocument, { input: { id: key.id, expiresIn: 'P1D' } })
  })

  it('with the secret cannot lift the address restriction of the key', async () => {
    const key = await app.apiKey({ grants: [grant('keys:operator')], allowedIps: ['127.0.0.1/32'] })
    for (const allowedIps of [[], ['127.0.0.0/8'], ['0.0.0.0/0', '::/0'], ['::ffff:127.0.0.0/104']])
      expect(codeOf(await key.client.try(UpdateKeyDocument, { input: { id: key.id, allowedIps } }))).toBe('FORBIDDEN')
    const open = await app.apiKey()
    expect(codeOf(await key.client.try(RotateKeyDocument, { input: { id: open.id } }))).toBe('FORBIDDEN')
    const { data } = await app.owner.send('query ($id: ID!) { key(id: $id) { allowedIps } }', { id: key.id })
    expect(data).toEqual({ key: { allowedIps: ['127.0.0.1/32'] } })
    const mapped = { id: key.id, allowedIps: ['::ffff:127.0.0.1'] }
    expect(codeOf(await key.client.try(UpdateKeyDocument, { input: mapped }))).toBe('done')
  })
})
