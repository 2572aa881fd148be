import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  ExchangeKeyDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
} from '../../src/generated/graphql.ts'
import { boot, useApp } from '../support/boot.ts'
import { ENGINES, ON_POSTGRES } from '../support/engines.ts'
import { exchange, introspect, newestEvent, post, requestToken, tokenOf } from '../support/tokens.ts'

describe.each(ENGINES)('a token request while its key ends, on %s', (engine) => {
  const app = useApp({ engine })
  afterEach(() => void vi.restoreAllMocks())

  /** Has something happen after the secret was found good, and before the token is signed. */
  const meanwhile = (happening: () => Promise<unknown>) => {
    const { signingKeys } = app.app.parts
    const sign = signingKeys.sign.bind(signingKeys)
    vi.spyOn(signingKeys, 'sign').mockImplementationOnce(async (type, payload) => {
      await happening()
      return sign(type, payload)
    })
  }

  const ENDS: readonly (readonly [string, (id: string) => Promise<unknown>])[] = [
    ['revoked', (id) => app.owner.run(RevokeKeyDocument, { input: { id } })],
    ['suspended', (id) => app.owner.run(SuspendKeyDocument, { id })],
    [
      'suspended and resumed',
      async (id) => {
        await app.owner.run(SuspendKeyDocument, { id })
        await app.owner.run(ResumeKeyDocument, { id })
      },
    ],
    ['rotated without an overlap', (id) => app.owner.run(RotateKeyDocument, { input: { id, overlap: 'PT0S' } })],
  ]

  it.each(ENDS)(
    'gets no token when the key is %s: offline verifiers would take it for a new one',
    async (_what, end) => {
      const key = await app.apiKey()
      meanwhile(() => end(key.id))
      const answer = await requestToken(app, key)
      expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
      expect(answer.body).not.toHaveProperty('access_token')
      expect(await newestEvent(app, 'ACCESS_DENIED', key.id)).toMatchObject({
        details: { reason: 'exchange', code: 'UNAUTHENTICATED' },
      })
    },
  )

  it('gets no token in any other way either', async () => {
    const revokeMeanwhile = (id: string) => meanwhile(() => app.owner.run(RevokeKeyDocument, { input: { id } }))
    const named = await app.apiKey({ name: 'racing' })
    revokeMeanwhile(named.id)
    expect((await post(app, '/auth/v1/api-key/token', { name: 'racing', secret: named.secret })).status).toBe(401)
    const person = await app.person('Ada', [])
    revokeMeanwhile(person.keyId)
    expect((await post(app, '/auth/v1/token', { pat: person.secret })).status).toBe(401)
    const narrowed = await app.apiKey()
    const token = await tokenOf(app, narrowed)
    revokeMeanwhile(narrowed.id)
    expect(await exchange(app, token)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    const byGraphQL = await app.apiKey()
    revokeMeanwhile(byGraphQL.id)
    const error = await app.anonymous.fail(ExchangeKeyDocument, { input: { secret: byGraphQL.secret } })
    expect(error.extensions.code).toBe('UNAUTHENTICATED')
  })

  it('gets a token while another key ends', async () => {
    const [key, other] = [await app.apiKey(), await app.apiKey()]
    meanwhile(() => app.owner.run(RevokeKeyDocument, { input: { id: other.id } }))
    expect(await introspect(app, await tokenOf(app, key))).toMatchObject({ active: true })
  })
})

it.each(ON_POSTGRES)('gets no token while another instance ends its key, announced or not', async () => {
  const env = { KEYTURN_PUBLIC_URL: 'http://keyturn.test' }
  const first = await boot({ engine: 'postgres', env })
  const second = await boot({ engine: 'postgres', env, database: first.database })
  const key = await first.apiKey()
  expect(await introspect(second, await tokenOf(second, key), { bearer: first.ownerSecret })).toMatchObject({
    active: true,
  })
  const { signingKeys } = second.app.parts
  const sign = signingKeys.sign.bind(signingKeys)
  vi.spyOn(signingKeys, 'sign').mockImplementationOnce(async (type, payload) => {
    await first.owner.run(RevokeKeyDocument, { input: { id: key.id } })
    return sign(type, payload)
  })
  expect((await requestToken(second, key)).status).toBe(401)
  await second.stop()
  await first.close()
})
