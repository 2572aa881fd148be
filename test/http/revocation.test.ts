import { describe, expect, it } from 'vitest'
import { KeyByIdDocument, RevokeAccessTokenDocument, RotateKeyDocument } from '../../src/generated/graphql.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { boot, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { type Asking, claimsOf, eventsOf, introspect, newestEvent, post, tokenOf } from '../support/tokens.ts'

describe.each(ENGINES)('revocation on %s', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock })

  const revoke = async (token: string, asking: Asking = {}, fields = {}) => {
    const answer = await post(app, '/oauth/revoke', { token, ...fields }, asking)
    expect(answer).toMatchObject({ status: 200, body: {} })
    expect(answer.headers.get('cache-control')).toBe('no-store')
  }
  const revocationsOf = (id: string) => eventsOf(app, { types: ['TOKEN_REVOKED'], targetId: id })

  it('of a token ends only that one, immediately; possession suffices', async () => {
    const key = await app.apiKey()
    const [token, another] = [await tokenOf(app, key), await tokenOf(app, key)]
    await revoke(token)
    expect(await introspect(app, token)).toEqual({ active: false })
    expect((await app.anonymous.with(token).send('{ viewer { kind } }')).status).toBe(401)
    expect(await introspect(app, another)).toMatchObject({ active: true })
    expect(await introspect(app, key.secret)).toMatchObject({ active: true })
    const { jti, exp = 0 } = claimsOf(token)
    expect(await newestEvent(app, 'TOKEN_REVOKED', key.id)).toMatchObject({
      actor: { kind: 'ANONYMOUS' },
      details: { tokenId: jti, expiresAt: new Date(exp * 1000).toISOString() },
    })
  })

  it('of a token that was narrowed from another one ends no other', async () => {
    const key = await app.apiKey()
    const token = await tokenOf(app, key)
    const { body } = await post(app, '/oauth/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    })
    await revoke(String(body.access_token))
    expect(await introspect(app, token)).toMatchObject({ active: true })
  })

  it('by GraphQL does the same, and states the actor if it is known', async () => {
    const key = await app.apiKey()
    const token = await tokenOf(app, key)
    const { revokeAccessToken } = await app.owner.run(RevokeAccessTokenDocument, { input: { token } })
    expect(revokeAccessToken.accepted).toBe(true)
    expect(await introspect(app, token)).toEqual({ active: false })
    expect((await newestEvent(app, 'TOKEN_REVOKED', key.id)).actor.kind).toBe('USER')
    const unknown = `${token.slice(0, -10)}AAAAAAAAAA`
    const again = await app.anonymous.run(RevokeAccessTokenDocument, { input: { token: unknown } })
    expect(again.revokeAccessToken.accepted).toBe(true)
    const malformed = await app.anonymous.fail(RevokeAccessTokenDocument, { input: { token: 'no token' } })
    expect(malformed.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'token' }] })
  })

  it('of a secret ends its key, and every token exchanged from it', async () => {
    const key = await app.apiKey()
    const token = await tokenOf(app, key)
    await revoke(key.secret, {}, { token_type_hint: 'access_token' })
    for (const ended of [key.secret, token]) expect(await introspect(app, ended)).toEqual({ active: false })
    const { key: seen } = await app.owner.run(KeyByIdDocument, { id: key.id })
    expect(seen).toMatchObject({ status: 'REVOKED', revocationReason: 'UNSPECIFIED' })
    expect(await newestEvent(app, 'KEY_REVOKED', key.id)).toMatchObject({
      actor: { kind: 'ANONYMOUS' },
      details: { bySecret: true },
    })
  })

  it('of a retired secret does not end the key', async () => {
    const key = await app.apiKey()
    await app.owner.run(RotateKeyDocument, { input: { id: key.id, overlap: 'PT0S' } })
    await revoke(key.secret)
    expect((await app.owner.run(KeyByIdDocument, { id: key.id })).key?.status).toBe('ACTIVE')
  })

  it.each<[string, (token: string) => string]>([
    ['anything', () => 'x'],
    ['a secret that nobody issued', () => newSecret('kt', 'ak')],
    ['a secret with a wrong checksum', () => 'kt_ak_0000000000000000000000000000000000000000000000000'],
    ['a forged token', (token) => `${token.slice(0, -10)}AAAAAAAAAA`],
    ['an unsigned token', (token) => `${token.split('.').slice(0, 2).join('.')}.`],
  ])('of %s gets the same response as a real one, and changes nothing', async (_what, make) => {
    const key = await app.apiKey()
    const token = await tokenOf(app, key)
    await revoke(make(token))
    expect(await introspect(app, token)).toMatchObject({ active: true })
    expect(await revocationsOf(key.id)).toEqual([])
  })

  it('appends one event, however often and concurrently the same token is revoked', async () => {
    const key = await app.apiKey()
    const token = await tokenOf(app, key)
    await Promise.all(Array.from({ length: 8 }, () => revoke(token)))
    await revoke(token)
    expect(await revocationsOf(key.id)).toHaveLength(1)
  })

  it('of an expired token changes nothing', async () => {
    const key = await app.apiKey()
    const token = await tokenOf(app, key)
    clock.advance(3_600)
    await revoke(token)
    expect(await revocationsOf(key.id)).toEqual([])
  })

  it('needs no client authentication: possession suffices', async () => {
    const key = await app.apiKey()
    const token = await tokenOf(app, key)
    await revoke(token, { basic: { id: key.id, secret: 'wrong' } })
    expect(await introspect(app, token)).toEqual({ active: false })
  })

  it('survives a restart', async () => {
    const first = await boot({ engine, clock })
    const key = await first.apiKey()
    const [token, good] = [await tokenOf(first, key), await tokenOf(first, key)]
    await post(first, '/oauth/revoke', { token })
    await first.stop()
    const env = { KEYTURN_PORT: new URL(first.url).port }
    const second = await boot({ database: first.database, clock, env })
    const asking = { bearer: first.ownerSecret }
    expect(await introspect(second, token, asking)).toEqual({ active: false })
    expect(await introspect(second, good, asking)).toMatchObject({ active: true })
    await second.close()
  })
})
