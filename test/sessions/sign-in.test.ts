import { describe, expect, it } from 'vitest'
import {
  CreatePersonalAccessKeyDocument,
  EndSessionsDocument,
  RevokeKeyDocument,
  SessionsDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { boot, useApp } from '../support/boot.ts'
import { ConsoleClient, consoleWith, cookieOf, postSession, signIn } from '../support/console.ts'
import { grant } from '../support/people.ts'

describe('a sign-in at the console', () => {
  const app = useApp()

  it('is answered with 204 and a cookie that scripts and other sites cannot use', async () => {
    const response = await postSession(app, { secret: app.ownerSecret })
    expect([response.status, response.headers.get('cache-control')]).toEqual([204, 'no-store'])
    const { pair, attributes } = cookieOf(response)
    expect(pair).toMatch(/^keyturn=[A-Za-z0-9_-]{43}$/)
    expect(attributes).toEqual(['Path=/', 'HttpOnly', 'SameSite=Strict', 'Max-Age=604800'])
  })

  it('acts for the person with the rights of the key, those of its owner included', async () => {
    const person = await app.person('Nora', [grant('keys:operator')])
    const session = await signIn(app, person.secret)
    const { viewer } = await session.run(ViewerDocument, {})
    expect(viewer).toMatchObject({ kind: 'USER', user: { id: person.userId }, key: { id: person.keyId } })
    // An access token must not: it takes the secret or a session.
    await session.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId: app.organizationId, name: 'made in the console' },
    })
  })

  it.each([
    ['a malformed secret', { secret: 'nothing' }, 'MALFORMED'],
    ['an empty secret', { secret: '' }, 'MALFORMED'],
    ['an unknown code', { code: 'a'.repeat(43) }, 'UNKNOWN'],
    ['a malformed code', { code: 'nothing' }, 'UNKNOWN'],
  ])('refuses %s with 401 and the reason', async (_, body, reason) => {
    const response = await postSession(app, body)
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null])
    expect(await response.json()).toMatchObject({ error: 'unauthenticated', reason })
  })

  it('refuses the secret of an API key', async () => {
    const { secret } = await app.apiKey()
    const response = await postSession(app, { secret })
    expect([response.status, await response.json()]).toMatchObject([401, { reason: 'UNKNOWN' }])
  })

  it('refuses a revoked key with its reason', async () => {
    const person = await app.person('Rita', [])
    await app.owner.run(RevokeKeyDocument, { input: { id: person.keyId } })
    const response = await postSession(app, { secret: person.secret })
    expect([response.status, await response.json()]).toMatchObject([401, { reason: 'REVOKED' }])
  })

  it.each([
    ['no JSON', 'secret', 400],
    ['neither', {}, 400],
    ['both', { secret: 'a', code: 'b' }, 400],
    ['a list', [], 400],
    ['a secret that is no text', { secret: { $ne: null } }, 400],
    ['more than the limit', { secret: 'a'.repeat(200_000) }, 413],
  ])('refuses a body with %s', async (_, body, status) => {
    expect((await postSession(app, body)).status).toBe(status)
  })

  it('takes JSON alone, which no form of another site can send', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
      expect((await postSession(app, { secret: app.ownerSecret }, { 'content-type': type })).status).toBe(415)
  })

  it('makes a new session each time, and ends the one that the browser had', async () => {
    const { secret } = await app.person('Fay', [])
    const first = await signIn(app, secret)
    const second = await signIn(app, secret, { cookie: first.cookie })
    expect(second.cookie).not.toBe(first.cookie)
    expect((await first.fail(ViewerDocument, {})).extensions).toMatchObject({ code: 'UNAUTHENTICATED' })
    await second.run(ViewerDocument, {})
  })

  it('ignores a token that the browser brought along', async () => {
    const planted = `keyturn=${'A'.repeat(43)}`
    const session = await signIn(app, app.ownerSecret, { cookie: planted })
    expect(session.cookie).not.toBe(planted)
    const attacker = new ConsoleClient(app.url, planted, app.publicUrl)
    expect((await attacker.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
  })

  it('keeps twenty sessions of a person and ends the oldest', async () => {
    const { secret } = await app.person('Max', [])
    const first = await signIn(app, secret)
    const second = await signIn(app, secret)
    for (let more = 2; more < 21; more += 1) await signIn(app, secret)
    expect((await first.fail(ViewerDocument, {})).extensions.reason).toBe('UNKNOWN')
    expect((await second.run(SessionsDocument, {})).viewer.sessions).toHaveLength(20)
  })

  it('is announced before it, with the state of the cookie', async () => {
    const ask = async (headers: Record<string, string> = {}) => {
      const response = await fetch(`${app.url}/session`, { headers })
      expect(response.headers.get('cache-control')).toBe('no-store')
      return response.json()
    }
    const session = await signIn(app, app.ownerSecret)
    expect(await ask()).toEqual({ signedIn: false, oidc: false })
    expect(await ask({ cookie: session.cookie })).toEqual({ signedIn: true, oidc: false })
    expect(await ask({ cookie: `keyturn=${'A'.repeat(43)}` })).toEqual({ signedIn: false, oidc: false })
  })

  it('ends with the sign-out, which removes the cookie', async () => {
    const session = await signIn(app, app.ownerSecret)
    const response = await session.signOut()
    expect(response.status).toBe(204)
    expect(cookieOf(response)).toEqual({
      pair: 'keyturn=',
      attributes: ['Path=/', 'HttpOnly', 'SameSite=Strict', 'Max-Age=0'],
    })
    expect((await session.fail(ViewerDocument, {})).extensions).toMatchObject({ reason: 'UNKNOWN' })
    expect((await session.signOut()).status).toBe(204)
  })

  it('is limited like other attempts: a hundred failures a minute from an address, and a valid secret is still served', async () => {
    const from = await boot()
    try {
      let last = 0
      for (let attempt = 0; attempt < 101; attempt += 1) last = (await postSession(from, { code: 'guess' })).status
      expect(last).toBe(429)
      expect((await postSession(from, { secret: from.ownerSecret })).status).toBe(204)
    } finally {
      await from.close()
    }
  })
})

describe('a server on https', () => {
  const app = useApp({ env: { KEYTURN_PUBLIC_URL: 'https://keyturn.example' } })

  it('sets a cookie that no other host can set, and that is sent over https alone', async () => {
    const response = await postSession(app, { secret: app.ownerSecret })
    const { pair, attributes } = cookieOf(response)
    expect(pair).toMatch(/^__Host-keyturn=/)
    expect(attributes).toEqual(['Path=/', 'HttpOnly', 'SameSite=Strict', 'Secure', 'Max-Age=604800'])
    const session = consoleWith(app, response)
    await session.run(EndSessionsDocument, { input: {} })
    const tossed = new ConsoleClient(app.url, session.cookie.replace('__Host-', ''), app.publicUrl)
    expect((await tossed.fail(ViewerDocument, {})).extensions.reason).toBe('MISSING')
  })
})

describe('a server without the console', () => {
  const app = useApp({ env: { KEYTURN_CONSOLE: 'off' } })

  it('signs nobody in', async () => {
    expect((await postSession(app, { secret: app.ownerSecret })).status).toBe(404)
  })
})
