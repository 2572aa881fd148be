import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { RemoveMemberDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { boot, useApp } from '../support/boot.ts'
import { ConsoleClient, postSession, signIn } from '../support/console.ts'
import { memberIdOf } from '../support/people.ts'
import { openSocket } from '../support/raw-socket.ts'
import { storedText } from '../support/stored-text.ts'

const tokenOf = (session: ConsoleClient): string => session.cookie.slice('keyturn='.length)

describe('a cookie that is not what the server set', () => {
  const app = useApp()
  const reasonOf = async (cookie: string) => {
    const { errors } = await new ConsoleClient(app.url, cookie, app.publicUrl).try(ViewerDocument, {})
    return errors?.[0]?.extensions.reason ?? 'accepted'
  }

  it.each<[string, (token: string) => string, string]>([
    ['empty', () => 'keyturn=', 'MALFORMED'],
    ['cut off', (token) => `keyturn=${token.slice(0, -1)}`, 'MALFORMED'],
    ['longer', (token) => `keyturn=${token}A`, 'MALFORMED'],
    ['quoted', (token) => `keyturn="${token}"`, 'MALFORMED'],
    ['percent-encoded', (token) => `keyturn=%20${token}`, 'MALFORMED'],
    ['SQL', () => `keyturn=' OR '1'='1`, 'MALFORMED'],
    ['a hash of the database', () => `keyturn=${'0'.repeat(64)}`, 'MALFORMED'],
    ['of 10 kB', () => `keyturn=${'A'.repeat(10_000)}`, 'MALFORMED'],
    ['unknown', () => `keyturn=${'A'.repeat(43)}`, 'UNKNOWN'],
    ['in another case', (token) => `keyturn=${token.toLowerCase()}`, 'UNKNOWN'],
    ['there twice', (token) => `keyturn=${token}; keyturn=${token}`, 'MALFORMED'],
    ['there with a planted one first', (token) => `keyturn=${'A'.repeat(43)}; keyturn=${token}`, 'MALFORMED'],
    ['there with a planted one last', (token) => `keyturn=${token}; keyturn=${'A'.repeat(43)}`, 'MALFORMED'],
    ['of another name', (token) => `Keyturn=${token}`, 'MISSING'],
    ['of the name for https', (token) => `__Host-keyturn=${token}`, 'MISSING'],
    ['of a longer name', (token) => `xkeyturn=${token}`, 'MISSING'],
    ['without a name', (token) => token, 'MISSING'],
    ['inside another one', (token) => `other="; keyturn_=${token}"`, 'MISSING'],
  ])('is never accepted: %s', async (_, cookieFor, reason) => {
    expect(await reasonOf(cookieFor(tokenOf(await signIn(app, app.ownerSecret))))).toBe(reason)
  })

  it('is found between others', async () => {
    const { cookie } = await signIn(app, app.ownerSecret)
    expect(await reasonOf(`a=b; keyturn_theme=dark; ${cookie};c`)).toBe('accepted')
  })

  it('of a megabyte is refused before it is read, and the server keeps running', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${app.url}/session`, { headers: { cookie: `keyturn=${'A'.repeat(1_048_576)}` } })
      sent.once('response', (response) => resolve(response.resume().statusCode))
      sent.once('error', reject)
      sent.end()
    }).catch((error: NodeJS.ErrnoException) => error.code)
    expect([431, 'ECONNRESET', 'EPIPE']).toContain(status)
    await app.owner.run(ViewerDocument, {})
  })
})

describe('the token of a session', () => {
  const app = useApp()

  it('is in the database as a hash alone, and in no log', async () => {
    const session = await signIn(app, app.ownerSecret)
    await session.run(ViewerDocument, {})
    await session.signOut()
    await session.try(ViewerDocument, {})
    expect(await storedText(app)).not.toContain(tokenOf(session))
    expect(app.logged.join('\n')).not.toContain(tokenOf(session))
  })

  it('is no bearer credential: of GraphQL, OAuth or Appcircle', async () => {
    const session = await signIn(app, app.ownerSecret)
    const token = tokenOf(session)
    const { errors } = await app.anonymous.with(token).try(ViewerDocument, {})
    expect(errors?.[0]?.extensions.reason).toBe('MALFORMED')
    const socket = await openSocket(app.url, session.upgradeHeaders)
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })
    expect((await socket.ended.take()).code).toBe(4401)
    const paths = ['/oauth/introspect', '/oauth/token', '/auth/v1/token', '/identity/v1/organizations']
    for (const path of paths) {
      const { status } = await fetch(`${app.url}${path}`, {
        method: path.startsWith('/identity') ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
        ...(path.startsWith('/identity')
          ? {}
          : { body: new URLSearchParams({ token, pat: token, grant_type: 'client_credentials' }) }),
      })
      expect([path, status]).toEqual([path, 401])
    }
  })

  it('has no effect as a cookie of the OAuth and Appcircle routes', async () => {
    const { headers } = await signIn(app, app.ownerSecret)
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
    const post = (path: string, body: Record<string, string>) =>
      fetch(`${app.url}${path}`, { method: 'POST', headers: form, body: new URLSearchParams(body) })
    expect((await post('/oauth/introspect', { token: app.ownerSecret })).status).toBe(401)
    expect((await post('/oauth/token', { grant_type: 'client_credentials' })).status).toBe(401)
    expect((await fetch(`${app.url}/identity/v1/organizations`, { headers })).status).toBe(401)
  })

  it('gives way to an authorization, valid or not, also where the cookie alone would be refused', async () => {
    const person = await app.person('Alma', [])
    const session = await signIn(app, app.ownerSecret)
    const asPerson = { cookie: session.cookie, authorization: `Bearer ${person.secret}` }
    const { data } = await app.anonymous.send<{ viewer: { user: { id: string } } }>(
      '{ viewer { user { id } } }',
      {},
      asPerson,
    )
    expect(data?.viewer.user.id).toBe(person.userId)
    const { errors } = await app.anonymous.send('mutation { endSessions(input: {}) { endedSessionIds } }', {}, asPerson)
    expect(errors).toBeUndefined()
    const invalid = { ...session.headers, authorization: 'Bearer nothing' }
    expect((await app.anonymous.send('{ viewer { kind } }', {}, invalid)).status).toBe(401)
  })

  it('is worth nothing to a thief after the sign-out, whatever they try', async () => {
    const session = await signIn(app, app.ownerSecret)
    const stolen = new ConsoleClient(app.url, session.cookie, app.publicUrl)
    const socket = await openSocket(app.url, stolen.upgradeHeaders)
    await socket.init()
    await session.signOut()
    expect((await stolen.fail(ViewerDocument, {})).extensions.reason).toBe('UNKNOWN')
    socket.send({ type: 'subscribe', id: 'stolen', payload: { query: '{ viewer { kind } }' } })
    expect((await socket.ended.take()).code).toBe(4403)
    const reopened = await openSocket(app.url, stolen.upgradeHeaders)
    reopened.send({ type: 'connection_init' })
    expect(await reopened.ended.take()).toMatchObject({ code: 4401, reason: 'Unauthorized: UNKNOWN' })
    const again = await signIn(app, app.ownerSecret, { cookie: stolen.cookie })
    expect(again.cookie).not.toBe(stolen.cookie)
    expect((await stolen.fail(ViewerDocument, {})).extensions.reason).toBe('UNKNOWN')
  })

  it('is worth nothing to a member who was removed', async () => {
    const person = await app.person('Otto', [])
    const session = await signIn(app, person.secret)
    await app.owner.run(RemoveMemberDocument, { memberId: await memberIdOf(app, person.userId) })
    expect((await session.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    expect((await postSession(app, { secret: person.secret })).status).toBe(401)
  })

  it('is worth nothing from an address that its key may not be used from, and works again from its own', async () => {
    const proxied = await boot({ env: { KEYTURN_TRUST_PROXY: '127.0.0.1' } })
    try {
      const { data } = await proxied.owner.send<{ createPersonalAccessKey: { secret: string } }>(
        `mutation { createPersonalAccessKey(input: { organizationId: "${proxied.organizationId}", name: "office",
           allowedIps: ["10.1.0.0/16"] }) { secret } }`,
      )
      const from = (address: string) => ({ 'x-forwarded-for': address })
      const session = await signIn(proxied, data?.createPersonalAccessKey.secret ?? '', from('10.1.2.3'))
      const askFrom = async (address: string) =>
        (await proxied.anonymous.send('{ viewer { kind } }', {}, { cookie: session.cookie, ...from(address) }))
          .errors?.[0]?.extensions.reason
      expect([await askFrom('10.1.9.9'), await askFrom('203.0.113.7'), await askFrom('10.1.2.3')]).toEqual([
        undefined,
        'ADDRESS',
        undefined,
      ])
    } finally {
      await proxied.close()
    }
  })

  it('cannot be guessed: guesses are limited, of tokens and of codes alike', async () => {
    const guessed = await boot()
    try {
      const guess = (count: number) =>
        count % 2 === 0
          ? guessed.anonymous.send('{ viewer { kind } }', {}, { cookie: `keyturn=${'A'.repeat(43)}` })
          : postSession(guessed, { code: 'A'.repeat(43) })
      const statuses: number[] = []
      for (let count = 0; count < 102; count += 1) statuses.push((await guess(count)).status)
      expect([...new Set(statuses.slice(0, 100))]).toEqual([401])
      expect(statuses.slice(100)).toEqual([429, 429])
      const code = guessed.app.firstStart?.signInCode
      expect((await postSession(guessed, { code })).status).toBe(204)
    } finally {
      await guessed.close()
    }
  })
})
