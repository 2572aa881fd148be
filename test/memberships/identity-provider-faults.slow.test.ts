import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ViewerDocument } from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { PROVIDER_AUDIENCE, startProvider } from '../support/identity-provider.ts'

const MINUTE = 60_000
const OWNER = { email: 'owner@localhost' }

describe('an identity provider that changes, or does not answer', () => {
  let provider: Awaited<ReturnType<typeof startProvider>>
  let app: TestApp
  beforeEach(async () => {
    provider = await startProvider()
    app = await boot({ env: { KEYTURN_OIDC_ISSUER: provider.issuer, KEYTURN_OIDC_AUDIENCE: PROVIDER_AUDIENCE } })
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await app.close()
    provider.close()
  })

  /** What becomes of a token: `good`, or how it is refused. */
  const show = async (token: string): Promise<string> => {
    const { data, errors } = await app.anonymous.with(token).try(ViewerDocument, {})
    return data?.viewer.kind === 'USER' ? 'good' : `${errors?.[0]?.extensions.code}: ${errors?.[0]?.message}`
  }
  const NO_ANSWER = 'UNAVAILABLE: The identity provider is not available, so its tokens cannot be verified: try again.'
  const NO_TOKEN = /^UNAUTHENTICATED: Invalid token of the identity provider/
  const asked = (path: string) => provider.requested.filter((url) => url === path).length
  const faults = () => app.logged.filter((line) => line.includes('The identity provider failed')).length
  /** Lets that much time pass for what the provider's keys are remembered by. */
  const later = (milliseconds: number) => {
    const now = Date.now
    vi.spyOn(Date, 'now').mockImplementation(() => now() + milliseconds)
  }
  const sign = (number: number) => provider.sign({ ...OWNER, jti: String(number) })

  it('is discovered once, and its keys are fetched once, for any number of tokens', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, number) => sign(number)))
    expect(new Set(await Promise.all(tokens.map(show)))).toEqual(new Set(['good']))
    expect([asked('/.well-known/openid-configuration'), asked('/jwks')]).toEqual([1, 1])
  })

  it('is not queried again for each of many tokens with unknown key ids', async () => {
    expect(await show(await sign(0))).toBe('good')
    for (let number = 0; number < 20; number += 1)
      expect(await show(await provider.sign(OWNER, { kid: `invented-${number}` }))).toMatch(NO_TOKEN)
    expect(asked('/jwks')).toBe(1)
    expect(faults()).toBe(0)
  })

  it('can change its keys: the new one is fetched when a token names it', async () => {
    expect(await show(await sign(1))).toBe('good')
    await provider.rotate()
    later(MINUTE)
    expect(await show(await sign(2))).toBe('good')
    expect([asked('/.well-known/openid-configuration'), asked('/jwks')]).toEqual([1, 2])
  })

  it('can withdraw a key: after ten minutes no new token with it is accepted', async () => {
    expect(await show(await sign(1))).toBe('good')
    const ofTheOldKey = await provider.sign({ ...OWNER, exp: Math.floor(Date.now() / 1000) + 7_200 })
    await provider.rotate()
    later(11 * MINUTE)
    expect(await show(ofTheOldKey)).toMatch(NO_TOKEN)
  })

  it('that does not answer is retried, and logged: its tokens are accepted when it is back', async () => {
    provider.answer(false)
    const token = await sign(1)
    expect(await show(token)).toBe(NO_ANSWER)
    expect(faults()).toBe(1)
    provider.answer(true)
    expect(await show(token)).toBe('good')
  })

  it('that stops answering later is logged too, and its earlier tokens stay valid', async () => {
    const known = await sign(1)
    expect(await show(known)).toBe('good')
    provider.answer(false)
    expect(await show(await sign(2))).toBe('good')
    later(11 * MINUTE)
    const unknown = await provider.sign({ ...OWNER, exp: Math.floor(Date.now() / 1000) + 3_600 })
    expect(await show(unknown)).toBe(NO_ANSWER)
    expect(faults()).toBe(1)
    expect(await show(known)).toBe('good')
    provider.answer(true)
    expect(await show(unknown)).toBe('good')
  })
})

describe('an invalid issuer', () => {
  it('that states another issuer than the configured one is not trusted', async () => {
    const provider = await startProvider()
    // The same server by another name: what it says of itself does not fit.
    const issuer = provider.issuer.replace('127.0.0.1', 'localhost')
    const app = await boot({ env: { KEYTURN_OIDC_ISSUER: issuer, KEYTURN_OIDC_AUDIENCE: PROVIDER_AUDIENCE } })
    try {
      const token = await provider.sign({ ...OWNER, iss: issuer })
      const error = await app.anonymous.with(token).fail(ViewerDocument, {})
      expect(error.extensions.code).toBe('UNAVAILABLE')
      expect(provider.requested).toEqual(['/.well-known/openid-configuration'])
      expect(app.logged.join('')).toContain('a different issuer')
    } finally {
      await app.close()
      provider.close()
    }
  })
})
