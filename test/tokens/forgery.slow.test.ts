import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { boot, useApp } from '../support/boot.ts'
import { answerOf, claimsOf, exchange, headerOf, introspect, tokenOf } from '../support/tokens.ts'
import { FORGERIES, type Forge, forgeOf } from './forgeries.ts'

const WORDS = ['reason', 'message', 'error', 'error_description']

let forge: Forge
const app = useApp({ env: { KEYTURN_TRUST_PROXY: '127.0.0.1' } })
beforeAll(async () => {
  const key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
  forge = await forgeOf(app, await tokenOf(app, key), await tokenOf(app, key))
})

let addresses = 0
/** Nobody is slowed down here: each attempt comes from an address of its own. */
const elsewhere = () => {
  addresses += 1
  return { 'x-forwarded-for': `198.51.${addresses >> 8}.${addresses & 255}` }
}

/** How the service refuses a bearer, by each of its ways in, with what differs from request to request left out. */
const refusalsOf = async (token: string) => {
  const { status, errors } = await app.anonymous.with(token).send('{ viewer { kind } }', {}, elsewhere())
  const headers = { authorization: `Bearer ${token}`, ...elsewhere() }
  const read = await answerOf(await fetch(`${app.url}/identity/v1/organizations`, { headers }))
  const asked = await answerOf(
    await fetch(`${app.url}/oauth/introspect`, { method: 'POST', headers, body: new URLSearchParams({ token: 'x' }) }),
  )
  return {
    graphql: [status, errors],
    read: [read.status, read.body],
    caller: [asked.status, asked.body, asked.headers.get('www-authenticate')],
    introspected: await introspect(app, token),
  }
}

const withoutReasons = (refusals: unknown, signed: boolean): unknown =>
  signed ? JSON.parse(JSON.stringify(refusals, (key, value) => (WORDS.includes(key) ? undefined : value))) : refusals

describe('an invalid token', () => {
  it('would be valid without its defect', async () => {
    const { token, signAsService } = forge
    const renewed = await signAsService(claimsOf(token), headerOf(token))
    for (const good of [token, renewed]) {
      expect(await introspect(app, good)).toMatchObject({ active: true })
      expect((await app.anonymous.with(good).send('{ viewer { kind } }')).status).toBe(200)
    }
  })

  it.each(FORGERIES)('is rejected like any other: one with %s', async (what, make) => {
    // Of another signature, so that it says nothing about its key either.
    const dead = `${forge.token.slice(0, -8)}AAAAAAAA`
    const expected = await refusalsOf(dead)
    expect(expected).toMatchObject({ introspected: { active: false } })
    expect([expected.graphql[0], expected.read[0], expected.caller[0]]).toEqual([401, 401, 401])
    const forged = await make(forge)
    // Whoever has a token that this server signed is told what is wrong with it; everybody else the same of all.
    const signed = what.startsWith('a signature, and')
    expect(withoutReasons(await refusalsOf(forged), signed)).toEqual(withoutReasons(expected, signed))
    const swaps = [await exchange(app, forged), await exchange(app, dead)].map(({ status, body }) => ({ status, body }))
    expect(swaps[0]?.status).toBe(400)
    if (forged.startsWith('eyJ')) expect(withoutReasons(swaps[0], signed)).toEqual(withoutReasons(swaps[1], signed))
  })

  it('is rejected wherever it is truncated and whichever character is changed', async () => {
    const { token } = forge
    const cut = fc.integer({ min: 1, max: token.length - 1 }).map((length) => token.slice(0, length))
    const character = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= ')
    const altered = fc
      .tuple(fc.integer({ min: 0, max: token.length - 1 }), character)
      .map(([place, other]) => token.slice(0, place) + other + token.slice(place + 1))
      .filter((text) => text !== token)
    await fc.assert(
      fc.asyncProperty(fc.oneof(cut, altered), async (text) => {
        expect(await introspect(app, text)).toEqual({ active: false })
      }),
      { numRuns: 150 },
    )
  })

  it('of another deployment is rejected, even if that one has the same name', async () => {
    const other = await boot({ env: { KEYTURN_PUBLIC_URL: app.url } })
    const token = await tokenOf(other, await other.apiKey())
    expect(claimsOf(token).iss).toBe(app.url)
    expect(await introspect(other, token)).toMatchObject({ active: true })
    expect(await refusalsOf(token)).toEqual(await refusalsOf(`${forge.token}x`))
    await other.close()
  })

  it('is tolerated if its time is a few seconds ahead: clocks of instances differ', async () => {
    const now = Math.floor(Date.now() / 1000)
    const ahead = await forge.signAsService({ ...claimsOf(forge.token), iat: now + 20, exp: now + 3_620 })
    expect(await introspect(app, ahead)).toMatchObject({ active: true })
  })
})
