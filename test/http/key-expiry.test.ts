import { describe, expect, it } from 'vitest'
import { useApp } from '../support/boot.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { claimsOf, exchange, introspect, post, requestToken, tokenOf } from '../support/tokens.ts'

const clock = new ManualClock()
const app = useApp({ clock })
const HEADER = 'keyturn-key-expires'
const USER_INFO = '/auth/realms/appcircle/protocol/openid-connect/userinfo'
const HOUR = 3_600

const expiring = () => app.apiKey({ expiresIn: 'P2D', grants: [{ module: '*', role: 'MANAGER' }] })
const endless = () => app.apiKey({ neverExpires: true, grants: [{ module: '*', role: 'MANAGER' }] })
const inTwoDays = () => new Date(clock.now().getTime() + 2 * 24 * HOUR * 1000)

const graphql = (credential: string | null, accept = 'application/json', query = '{ viewer { kind } }') =>
  fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept,
      ...(credential === null ? {} : { authorization: `Bearer ${credential}` }),
    },
    body: JSON.stringify({ query }),
  })

/** The headers of answers to a key and to a token of it, wherever callers authenticate. */
const answersTo = async (key: {
  readonly id: string
  readonly secret: string
}): Promise<(readonly [string, Headers])[]> => {
  const token = await tokenOf(app, key)
  const bearer = (credential: string, path: string) =>
    fetch(app.url + path, { headers: { authorization: `Bearer ${credential}` } })
  return [
    ['GraphQL by secret', (await graphql(key.secret)).headers],
    ['GraphQL by token', (await graphql(token)).headers],
    [
      'GraphQL with an error',
      (await graphql(key.secret, 'application/json', '{ organization(id: "org_1") { id } }')).headers,
    ],
    ['GraphQL as events', (await graphql(key.secret, 'text/event-stream')).headers],
    ['client credentials', (await requestToken(app, key)).headers],
    ['client credentials with an error', (await requestToken(app, key, { scope: 'build:owner' })).headers],
    ['exchange of the secret', (await exchange(app, key.secret)).headers],
    ['exchange of a token', (await exchange(app, token)).headers],
    ['introspection by Basic', (await post(app, '/oauth/introspect', { token: 'x' }, { basic: key })).headers],
    ['introspection by token', (await post(app, '/oauth/introspect', { token: 'x' }, { bearer: token })).headers],
    ['Appcircle user info', (await bearer(token, USER_INFO)).headers],
    ['Appcircle with an error', (await bearer(key.secret, '/identity/v1/organizations/none')).headers],
  ]
}

describe(`the header ${HEADER}`, () => {
  it('is the expiry of the key in every response to a caller with it or its token', async () => {
    const answers = await answersTo(await expiring())
    expect(answers.map(([what, headers]) => [what, headers.get(HEADER)])).toEqual(
      answers.map(([what]) => [what, inTwoDays().toISOString()]),
    )
  })

  it('is absent if the key does not expire, and without a valid credential', async () => {
    for (const [what, headers] of await answersTo(await endless()))
      expect([what, headers.get(HEADER)]).toEqual([what, null])
    expect((await graphql(null)).headers.get(HEADER)).toBeNull()
    expect((await graphql('kt_ak_none')).headers.get(HEADER)).toBeNull()
  })

  it("is that of the caller's key, not of an introspected secret", async () => {
    const asked = await expiring()
    const { headers, body } = await post(app, '/oauth/introspect', { token: asked.secret }, { basic: await endless() })
    expect(body).toMatchObject({ active: true, key_expires_at: inTwoDays().getTime() / 1000 })
    expect(headers.get(HEADER)).toBeNull()
  })
})

describe('key_expires_at', () => {
  it('is in token responses and in introspection, in seconds, only for a key that expires', async () => {
    const [key, other] = [await expiring(), await endless()]
    const seconds = inTwoDays().getTime() / 1000
    const { body } = await requestToken(app, key)
    expect(body.key_expires_at).toBe(seconds)
    expect((await exchange(app, String(body.access_token))).body.key_expires_at).toBe(seconds)
    expect(await introspect(app, String(body.access_token))).toMatchObject({ key_expires_at: seconds })
    expect((await requestToken(app, other)).body).not.toHaveProperty('key_expires_at')
    expect(await introspect(app, other.secret)).not.toHaveProperty('key_expires_at')
  })
})

describe('requested_expires_in', () => {
  const lifetimeOf = ({ body }: { readonly body: Record<string, unknown> }) => {
    const { iat = 0, exp = 0 } = claimsOf(String(body.access_token))
    return { stated: body.expires_in, signed: exp - iat }
  }

  it.each([1, 60, HOUR])('of %s seconds shortens a token at both grants', async (seconds) => {
    const key = await expiring()
    const fields = { requested_expires_in: String(seconds) }
    for (const answer of [await requestToken(app, key, fields), await exchange(app, key.secret, fields)])
      expect(lifetimeOf(answer)).toEqual({ stated: seconds, signed: seconds })
  })

  it('beyond the policy returns the lifetime of the policy', async () => {
    const key = await expiring()
    for (const seconds of ['3601', '9999999999'])
      expect(lifetimeOf(await requestToken(app, key, { requested_expires_in: seconds }))).toEqual({
        stated: HOUR,
        signed: HOUR,
      })
  })

  it('cannot extend a token that is exchanged for another one', async () => {
    const key = await expiring()
    const short = await tokenOf(app, key, { requested_expires_in: '60' })
    expect(lifetimeOf(await exchange(app, short, { requested_expires_in: '600' }))).toEqual({ stated: 60, signed: 60 })
  })

  it.each(['0', '-1', '1.5', '1e3', ' 60', '0x10', 'PT1H', '٣', '99999999999'])(
    'is rejected with a clear error as %j',
    async (text) => {
      const key = await expiring()
      const fields = { requested_expires_in: text }
      for (const { status, body } of [await requestToken(app, key, fields), await exchange(app, key.secret, fields)]) {
        expect([status, body.error]).toEqual([400, 'invalid_request'])
        expect(body.error_description).toBe(
          'requested_expires_in: must be a whole number of seconds, 1 or more, in decimal digits',
        )
      }
    },
  )
})
