import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  CreatePersonalAccessKeyDocument,
  RemoveMemberDocument,
  ViewerDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ConsoleClient } from '../support/console.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { grant, memberIdOf, membersOf } from '../support/people.ts'
import { sessionEvents } from '../support/session-events.ts'
import { RedirectFollower, startSignInProvider } from '../support/sign-in-provider.ts'

describe('a sign-in at the identity provider', () => {
  const clock = new ManualClock(new Date())
  let provider: Awaited<ReturnType<typeof startSignInProvider>>
  let app: TestApp
  let other: TestApp
  beforeAll(async () => {
    provider = await startSignInProvider()
    const env = {
      KEYTURN_OIDC_ISSUER: provider.issuer,
      KEYTURN_OIDC_AUDIENCE: 'https://keyturn.test',
      KEYTURN_OIDC_CLIENT_ID: provider.client.id,
      KEYTURN_OIDC_CLIENT_SECRET: provider.client.secret,
      KEYTURN_OWNER_EMAIL: 'Anna@Example.com',
    }
    app = await boot({ clock, env })
    other = await boot()
  })
  afterAll(async () => {
    await app.close()
    await other.close()
    provider.close()
  })
  beforeEach(() => {
    Object.assign(provider.answer, {
      email: 'anna@example.com',
      verified: true,
      inIdToken: false,
      declines: false,
      away: false,
    })
    provider.serve(app.publicUrl)
  })

  const start = () => `${app.publicUrl}/session/oidc`
  const isHome = (url: URL) => url.origin === app.publicUrl && url.pathname === '/'
  const isCallback = (url: URL) => url.pathname === '/session/oidc/callback'
  const sessionCookie = (browser: RedirectFollower) =>
    browser
      .cookiesOf(app.publicUrl)
      .split('; ')
      .find((pair) => pair.startsWith('keyturn=')) ?? ''
  const clientOf = (browser: RedirectFollower) => new ConsoleClient(app.url, sessionCookie(browser), app.publicUrl)
  const signIn = async (browser = new RedirectFollower()) => {
    const end = await browser.open(start(), isHome)
    expect(end.href).toBe(`${app.publicUrl}/`)
    return clientOf(browser)
  }
  const failure = async (browser = new RedirectFollower()) => {
    const { hash } = await browser.open(start(), isHome)
    expect(sessionCookie(browser)).toBe('')
    return hash
  }

  it('is offered where it is configured', async () => {
    const offered = async (at: TestApp) => (await (await fetch(`${at.url}/session`)).json()) as { oidc: boolean }
    expect([(await offered(app)).oidc, (await offered(other)).oidc]).toEqual([true, false])
    expect((await fetch(`${other.url}/session/oidc`)).status).toBe(404)
  })

  it.each([false, true])(
    'signs in the member with the verified address, with all that they may do (address in the ID token: %s)',
    async (inIdToken) => {
      provider.answer.inIdToken = inIdToken
      provider.serve(app.publicUrl)
      const session = await signIn()
      const { viewer } = await session.run(ViewerDocument, {})
      expect(viewer).toMatchObject({ kind: 'USER', user: { email: 'anna@example.com' }, key: null })
      const { organizationId } = app
      expect((await session.run(ViewerGrantsDocument, { organizationId })).viewer.grants).toEqual([
        { module: '*', role: 'OWNER' },
      ])
      await session.run(CreatePersonalAccessKeyDocument, { input: { organizationId, name: `by ${inIdToken}` } })
      expect((await sessionEvents(app, viewer.user?.id ?? '')).at(-1)).toMatchObject({
        type: 'SESSION_STARTED',
        organizationId,
        actorId: viewer.user?.id,
        credentialId: null,
      })
    },
  )

  it('uses PKCE, state and nonce, and stores them where no script can read them', async () => {
    const response = await fetch(start(), { redirect: 'manual' })
    const asked = new URL(response.headers.get('location') ?? '').searchParams
    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: 'code',
      client_id: provider.client.id,
      redirect_uri: `${app.publicUrl}/session/oidc/callback`,
      scope: 'openid email',
      code_challenge_method: 'S256',
    })
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^keyturn-oidc=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/)
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(asked.get(name)?.length).toBeGreaterThanOrEqual(43)
      expect(cookie).not.toContain(asked.get(name))
    }
  })

  it('ends the session that the browser had', async () => {
    const browser = new RedirectFollower()
    const first = await signIn(browser)
    await first.run(ViewerDocument, {})
    const second = await signIn(browser)
    expect((await first.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    await second.run(ViewerDocument, {})
  })

  it('by a person who is not a member is reported to the console, and starts no session', async () => {
    provider.answer.email = 'stranger@example.com'
    expect(await failure()).toBe('#sign-in-failed=not-a-member')
  })

  it('with an address that is not verified is refused', async () => {
    provider.answer.verified = false
    expect(await failure()).toBe('#sign-in-failed=email-not-verified')
  })

  it('that the person declines is refused', async () => {
    provider.answer.declines = true
    expect(await failure()).toBe('#sign-in-failed=refused')
  })

  it('while the provider is away says so, and works when it is back', async () => {
    const browser = new RedirectFollower()
    const callback = await browser.open(start(), isCallback)
    provider.answer.away = true
    expect((await browser.open(callback.href, isHome)).hash).toBe('#sign-in-failed=provider-unavailable')
    provider.answer.away = false
    await signIn(browser)
  })

  it('reports a provider that was never reachable', async () => {
    const env = {
      KEYTURN_OIDC_ISSUER: 'http://127.0.0.1:9',
      KEYTURN_OIDC_AUDIENCE: 'https://keyturn.test',
      KEYTURN_OIDC_CLIENT_ID: 'keyturn',
      KEYTURN_OIDC_CLIENT_SECRET: 'unused',
    }
    const alone = await boot({ env })
    const response = await fetch(`${alone.url}/session/oidc`, { redirect: 'manual' })
    await alone.close()
    expect([response.status, response.headers.get('location'), response.headers.get('set-cookie')]).toEqual([
      302,
      `${alone.publicUrl}/#sign-in-failed=provider-unavailable`,
      null,
    ])
    expect(alone.logged.join('\n')).toContain('A sign-in at the identity provider failed')
  })

  describe('an answer of the provider', () => {
    it('is accepted only from the browser that started it', async () => {
      const attacker = new RedirectFollower()
      const callback = await attacker.open(start(), isCallback)
      // Without a sign-in of their own, and in the middle of one.
      const victim = new RedirectFollower()
      expect((await victim.open(callback.href, isHome)).hash).toBe('#sign-in-failed=expired')
      await victim.open(start(), isCallback)
      expect((await victim.open(callback.href, isHome)).hash).toBe('#sign-in-failed=refused')
      expect(sessionCookie(victim)).toBe('')
    })

    it('is accepted once', async () => {
      const browser = new RedirectFollower()
      const callback = await browser.open(start(), isCallback)
      const flow = browser.cookiesOf(app.publicUrl)
      await browser.open(callback.href, isHome)
      expect(sessionCookie(browser)).not.toBe('')
      const again = new RedirectFollower()
      expect((await again.open(callback.href, isHome)).hash).toBe('#sign-in-failed=expired')
      again.setCookie(app.publicUrl, flow)
      expect((await again.open(callback.href, isHome)).hash).toBe('#sign-in-failed=refused')
    })

    it('is accepted for ten minutes', async () => {
      const browser = new RedirectFollower()
      const callback = await browser.open(start(), isCallback)
      clock.advance(600)
      expect((await browser.open(callback.href, isHome)).hash).toBe('#sign-in-failed=expired')
    })

    it.each([
      ['altered', (flow: string) => `${flow.slice(0, -2)}AA`],
      ['cut off', (flow: string) => flow.slice(0, 30)],
      ['of something else', () => 'nothing'],
    ])('is refused where what the browser kept is %s', async (_, alter) => {
      const browser = new RedirectFollower()
      const callback = await browser.open(start(), isCallback)
      const [name = '', flow = ''] = browser.cookiesOf(app.publicUrl).split('=')
      browser.setCookie(app.publicUrl, `${name}=${alter(flow)}`)
      expect((await browser.open(callback.href, isHome)).hash).toBe('#sign-in-failed=expired')
    })

    it.each(['?code=guess', '?error=server_error', '', '?code=a&code=b'])('is refused as %s', async (query) => {
      const browser = new RedirectFollower()
      const callback = await browser.open(start(), isCallback)
      const state = callback.searchParams.get('state') ?? ''
      const answered = `${app.publicUrl}/session/oidc/callback${query}${query === '' ? '?' : '&'}state=${state}`
      expect((await browser.open(answered, isHome)).hash).toBe('#sign-in-failed=refused')
      expect(sessionCookie(browser)).toBe('')
    })
  })

  it('ends when its person belongs to no organization any more, with its event', async () => {
    const { data } = await app.owner.send<{ inviteMember: { invitationToken: string } }>(
      `mutation { inviteMember(input: { organizationId: "${app.organizationId}", email: "leo@example.com",
         grants: [{ module: "keys", role: VIEWER }] }) { invitationToken } }`,
    )
    const cause = { requestId: null, ipAddress: null, userAgent: null }
    const joined = await app.app.parts.services.acceptInvitation.accept(
      { ...cause, actor: { kind: 'ANONYMOUS', id: null, name: null }, credentialId: null, tokenId: null },
      { invitationToken: data?.inviteMember.invitationToken ?? '', name: 'Leo' },
      'leo@example.com',
    )
    provider.answer.email = 'LEO@example.com'
    const session = await signIn()
    const { organizationId } = app
    expect((await session.run(ViewerGrantsDocument, { organizationId })).viewer.grants).toEqual([grant('keys:viewer')])
    await app.owner.run(RemoveMemberDocument, { memberId: await memberIdOf(app, joined.user.id) })
    expect(await membersOf(app.owner, organizationId)).toHaveLength(1)
    expect((await session.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    expect((await sessionEvents(app, joined.user.id)).map(({ details }) => details.reason)).toEqual([
      undefined,
      'left-organization',
    ])
  })
})
