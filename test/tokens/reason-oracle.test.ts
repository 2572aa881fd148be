import { describe, expect, it } from 'vitest'
import {
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
} from '../../src/generated/graphql.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { useApp } from '../support/boot.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { exchange, post, tokenOf } from '../support/tokens.ts'

const clock = new ManualClock()
const app = useApp({ clock, env: { KEYTURN_TRUST_PROXY: '127.0.0.1' } })
const GRANT = { grant_type: 'client_credentials' }
const NOBODY = 'key_00000000000040008000000000000000'

const keyOf = () => app.apiKey({ expiresIn: 'PT10M', grants: [{ module: 'keys', role: 'VIEWER' }] })

/** What a key may have become whose id somebody guesses. */
const ENDS: readonly (readonly [string, (id: string) => Promise<unknown>])[] = [
  ['active', async () => undefined],
  ['revoked', (id) => app.owner.run(RevokeKeyDocument, { input: { id } })],
  ['suspended', (id) => app.owner.run(SuspendKeyDocument, { id })],
  ['rotated', (id) => app.owner.run(RotateKeyDocument, { input: { id, overlap: 'PT0S' } })],
  ['restricted', (id) => app.owner.run(UpdateKeyDocument, { input: { id, allowedIps: ['10.0.0.0/8'] } })],
  ['expired', async () => clock.advance(600)],
]

describe('a caller without a real secret or token of a key', () => {
  const refusalOf = async (clientId: string, secret: string) => {
    const { status, body } = await post(app, '/oauth/token', GRANT, { basic: { id: clientId, secret } })
    return { status, body }
  }

  it.each(ENDS)('cannot distinguish an id whose key is %s from one that was never issued', async (_what, end) => {
    const key = await keyOf()
    await end(key.id)
    const guess = newSecret('kt', 'ak')
    const [known, unknown] = [await refusalOf(key.id, guess), await refusalOf(NOBODY, guess)]
    expect(known).toEqual(unknown)
    expect(known).toMatchObject({ status: 401, body: { error: 'invalid_client', reason: 'UNKNOWN' } })
  })

  it.each(ENDS)(
    'cannot recognise the id of a key that is %s with a valid secret of another key',
    async (_what, end) => {
      const [key, own] = [await keyOf(), await app.apiKey()]
      await end(key.id)
      expect(await refusalOf(key.id, own.secret)).toEqual(await refusalOf(NOBODY, own.secret))
    },
  )

  it('gets no information from a token with an invalid signature', async () => {
    const key = await keyOf()
    const token = await tokenOf(app, key)
    await app.owner.run(RevokeKeyDocument, { input: { id: key.id } })
    const [header, payload] = token.split('.')
    const forged = `${header}.${payload}.${'A'.repeat(86)}`
    const { errors } = await app.anonymous.with(forged).send('{ viewer { kind } }')
    expect(errors?.[0]?.extensions).toMatchObject({ reason: 'UNKNOWN' })
    expect((await exchange(app, forged)).body).toMatchObject({ error: 'invalid_request', reason: 'UNKNOWN' })
  })

  it('is served from an allowed address, and gets ADDRESS from another one', async () => {
    const key = await app.apiKey({ allowedIps: ['10.0.0.0/8'] })
    expect(
      (await post(app, '/oauth/token', GRANT, { basic: key, headers: { 'x-forwarded-for': '10.0.0.1' } })).status,
    ).toBe(200)
    expect((await post(app, '/oauth/token', GRANT, { basic: key })).body).toMatchObject({ reason: 'ADDRESS' })
  })
})
