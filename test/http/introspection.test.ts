import { beforeAll, describe, expect, it } from 'vitest'
import { CreateOrganizationDocument, KeyByIdDocument, KeyUsageDocument } from '../../src/generated/graphql.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { boot, useApp } from '../support/boot.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { keyAfterSignIn } from '../support/people.ts'
import { type Asking, claimsOf, exchanged, introspect, newestEvent, post, tokenOf } from '../support/tokens.ts'

type Key = { readonly id: string; readonly secret: string }
const INACTIVE = { active: false }

describe('introspection', () => {
  const clock = new ManualClock()
  let asking: Key
  let key: Key
  const app = useApp({ clock, env: { KEYTURN_TRUST_PROXY: '127.0.0.1' } })
  beforeAll(async () => {
    asking = await app.apiKey({ grants: [{ module: 'tokens', role: 'VIEWER' }] })
    key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
  })

  const below = async () => {
    const input = { name: 'Below', parentId: app.organizationId }
    return (await app.owner.run(CreateOrganizationDocument, { input })).createOrganization.organization.id
  }

  it('returns inactive to another tenant, even to its owner', async () => {
    const { owner } = await app.stranger()
    for (const token of [key.secret, await tokenOf(app, key)])
      expect(await introspect(app, token, { bearer: owner.secret })).toEqual(INACTIVE)
  })

  it('returns inactive to a caller without tokens:viewer, even to the key itself', async () => {
    const everythingElse = await app.apiKey({
      grants: ['keys', 'members', 'audit'].map((module) => ({ module, role: 'MANAGER' as const })),
    })
    for (const caller of [everythingElse, key])
      for (const token of [key.secret, await tokenOf(app, key)])
        expect(await introspect(app, token, { basic: caller })).toEqual(INACTIVE)
  })

  it("returns inactive for an organization above the caller's, and everything for their own", async () => {
    const organizationId = await below()
    const caller = await app.apiKey({ organizationId, grants: [{ module: 'tokens', role: 'VIEWER' }] })
    const token = await tokenOf(app, key)
    expect(await introspect(app, token, { basic: caller })).toEqual(INACTIVE)
    expect(await introspect(app, key.secret, { basic: caller })).toEqual(INACTIVE)
    const narrowed = await exchanged(app, token, { organization_id: organizationId })
    expect(await introspect(app, narrowed, { basic: caller })).toMatchObject({ active: true, org: organizationId })
    expect(await introspect(app, narrowed, { basic: asking })).toMatchObject({ active: true, org: organizationId })
  })

  it('rejects anonymous callers', async () => {
    expect((await post(app, '/oauth/introspect', { token: key.secret })).status).toBe(401)
  })

  it.each<[string, (token: string) => Asking]>([
    ['Basic', () => ({ basic: asking })],
    ['a secret as bearer', () => ({ bearer: asking.secret })],
    ['a token as bearer', (token) => ({ bearer: token })],
  ])('returns every field of the contract for a valid token to a caller by %s', async (_way, how) => {
    const token = await tokenOf(app, key, { audience: 'build', scope: 'keys:viewer' })
    const { iat, exp, jti } = claimsOf(token)
    expect(await introspect(app, token, how(await tokenOf(app, asking)))).toEqual({
      active: true,
      token_type: 'access_token',
      client_id: key.id,
      sub: key.id,
      scope: 'keys:viewer',
      org: app.organizationId,
      exp,
      iat,
      iss: app.url,
      aud: 'build',
      jti,
      key_expires_at: expect.any(Number),
    })
  })

  it('authenticates its caller by id and secret in the body, too', async () => {
    const fields = { token: key.secret, client_id: asking.id, client_secret: asking.secret }
    expect((await post(app, '/oauth/introspect', fields)).body).toMatchObject({ active: true })
  })

  it('returns JSON that is not cached', async () => {
    const { headers } = await post(app, '/oauth/introspect', { token: key.secret }, { basic: asking })
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('returns every field of the contract for the secret of an API key', async () => {
    const made = await app.apiKey({ expiresIn: 'P2D', grants: [{ module: 'audit', role: 'VIEWER' }] })
    const now = Math.floor(clock.now().getTime() / 1000)
    expect(await introspect(app, made.secret, { basic: asking })).toEqual({
      active: true,
      token_type: 'api_key',
      client_id: made.id,
      sub: made.id,
      scope: 'audit:viewer',
      org: app.organizationId,
      exp: now + 2 * 86_400,
      key_expires_at: now + 2 * 86_400,
      iat: now,
      iss: app.url,
    })
    const endless = await app.apiKey({ neverExpires: true })
    const described = await introspect(app, endless.secret, { basic: asking })
    expect(described).not.toHaveProperty('exp')
    expect(described).not.toHaveProperty('key_expires_at')
  })

  it('returns every field of the contract for the secret of a personal access key', async () => {
    const person = await app.person('Ada', [{ module: '*', role: 'OPERATOR' }])
    const { id, secret } = await keyAfterSignIn(app, person.userId, { name: 'mine', neverExpires: true })
    expect(await introspect(app, secret, { basic: asking })).toEqual({
      active: true,
      token_type: 'personal_access_key',
      client_id: id,
      sub: person.userId,
      scope: '*:operator',
      org: app.organizationId,
      iat: Math.floor(clock.now().getTime() / 1000),
      iss: app.url,
    })
  })

  it.each<[string, () => string | Promise<string>]>([
    ['no token at all', () => 'x'],
    ['a secret that nobody issued', () => newSecret('kt', 'pk')],
    ['a secret of another prefix', () => newSecret('other', 'ak')],
    ['a secret with a wrong checksum', () => `${key.secret.slice(0, -1)}${key.secret.endsWith('0') ? '1' : '0'}`],
    ['a secret with spaces around it', () => ` ${key.secret} `],
    ['the id of a key', () => key.id],
    ['a token without its signature', async () => `${(await tokenOf(app, key)).split('.').slice(0, 2).join('.')}.`],
    ['an invitation', () => 'kt_inv_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['something endless', () => 'eyJ'.repeat(20_000)],
    ['text beyond ASCII', () => 'kt_ak_ÄÖÜ'],
  ])('returns only that %s is not active', async (_what, make) => {
    expect(await introspect(app, await make())).toEqual(INACTIVE)
  })

  it('ignores the address of the caller that introspects a secret', async () => {
    const bound = await app.apiKey({ allowedIps: ['203.0.113.0/24'] })
    expect(await introspect(app, bound.secret)).toMatchObject({ active: true, client_id: bound.id })
    const headers = { 'x-forwarded-for': '203.0.113.7' }
    const issued = await post(app, '/oauth/token', { grant_type: 'client_credentials' }, { basic: bound, headers })
    expect(await introspect(app, String(issued.body.access_token))).toMatchObject({ active: true })
    expect((await post(app, '/oauth/token', { grant_type: 'client_credentials' }, { basic: bound })).status).toBe(401)
    expect(await newestEvent(app, 'ACCESS_DENIED', bound.id)).toMatchObject({ details: { reason: 'address' } })
  })

  it('is a use of the secret, at that time and from an unknown address', async () => {
    const used = await app.apiKey()
    clock.advance(60)
    await introspect(app, used.secret)
    await app.app.parts.usage.flush()
    const seen = await app.owner.run(KeyUsageDocument, { id: used.id })
    expect(seen.key).toMatchObject({ lastUsedAt: clock.now().toISOString(), lastUsedFrom: [] })
    const { key: known } = await app.owner.run(KeyByIdDocument, { id: used.id })
    expect(known?.status).toBe('ACTIVE')
  })
})

describe('a token of a key with address restrictions', () => {
  it('can be exchanged and used only from there, and an attempt from elsewhere is in the audit log', async () => {
    const app = await boot({ env: { KEYTURN_TRUST_PROXY: '127.0.0.1' } })
    const bound = await app.apiKey({ allowedIps: ['203.0.113.0/24'] })
    const inside = { 'x-forwarded-for': '203.0.113.7' }
    const outside = { 'x-forwarded-for': '203.0.114.7' }
    const grant = { grant_type: 'client_credentials', audience: app.url }
    const token = String((await post(app, '/oauth/token', grant, { basic: bound, headers: inside })).body.access_token)
    const swap = (headers: Record<string, string>) =>
      post(
        app,
        '/oauth/token',
        {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: token,
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        },
        { headers },
      )
    expect((await swap(inside)).status).toBe(200)
    expect(await swap(outside)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    expect(await newestEvent(app, 'ACCESS_DENIED', bound.id)).toMatchObject({ details: { reason: 'token' } })
    const bearer = app.anonymous.with(token)
    expect((await bearer.send('{ viewer { kind } }', {}, inside)).data).toEqual({ viewer: { kind: 'API_KEY' } })
    expect((await bearer.send('{ viewer { kind } }', {}, outside)).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
    await app.close()
  })
})
