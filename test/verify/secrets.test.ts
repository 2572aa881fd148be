import { describe, expect, it, vi } from 'vitest'
import { RevokeKeyDocument, SuspendKeyDocument } from '../../src/generated/graphql.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { useApp } from '../support/boot.ts'
import { PATIENCE } from '../support/patience.ts'
import { tokenOf } from '../support/tokens.ts'
import { AUDIENCE, counting, feedLine, refusalOf, verifierOf } from './verifying.ts'

describe('secrets', () => {
  const app = useApp()

  it('are introspected once for concurrent callers, and cached', async () => {
    const { fetch, introspections } = counting()
    const verifier = await verifierOf(app, { fetch })
    await verifier.ready()
    const asked = introspections()
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
    const all = await Promise.all([1, 2, 3].map(() => verifier.verify(key.secret)))
    for (const verified of [...all, await verifier.verify(key.secret)])
      expect(verified).toMatchObject({ kind: 'api_key', keyId: key.id, scope: ['keys:viewer'], tokenId: null })
    expect(introspections()).toBe(asked + 1)
    const person = await verifier.verify(app.ownerSecret)
    expect(person).toMatchObject({ kind: 'personal_access_key', subject: expect.stringMatching(/^usr_/) })
  })

  it('and tokens say when their key expires, and that it never does', async () => {
    const verifier = await verifierOf(app)
    const expiresAt = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 10 * 86_400_000)
    const expiring = await app.apiKey({ expiresAt: expiresAt.toISOString() })
    const lasting = await app.apiKey({ neverExpires: true })
    for (const [key, expected] of [
      [expiring, expiresAt],
      [lasting, null],
    ] as const)
      for (const credential of [key.secret, await tokenOf(app, key, { audience: AUDIENCE })])
        expect((await verifier.verify(credential)).keyExpiresAt).toEqual(expected)
  })

  it.each([
    ['revoked', (id: string) => app.owner.run(RevokeKeyDocument, { input: { id } })],
    ['suspended', (id: string) => app.owner.run(SuspendKeyDocument, { id })],
  ])('a cached secret is rejected when its key is %s', async (_, end) => {
    const verifier = await verifierOf(app)
    await verifier.ready()
    const key = await app.apiKey()
    await verifier.verify(key.secret)
    await end(key.id)
    await expect
      .poll(() => refusalOf(verifier.verify(key.secret)), PATIENCE)
      .toMatchObject({ code: 'revoked', status: 401 })
  })

  it.each([
    ['60 s with a feed', true, 60_000],
    ['5 s without a feed', false, 5_000],
  ])('are cached for at most %s', async (_, feed, milliseconds) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { fetch, introspections } = counting()
    const verifier = await verifierOf(app, { fetch, feed })
    await verifier.ready()
    const { secret } = await app.apiKey()
    await verifier.verify(secret)
    const asked = introspections()
    vi.setSystemTime(Date.now() + milliseconds - 1_000)
    await verifier.verify(secret)
    expect(introspections()).toBe(asked)
    vi.setSystemTime(Date.now() + 1_001)
    await verifier.verify(secret)
    expect(introspections()).toBe(asked + 1)
  })

  it('are introspected again every 5 s while the feed is down, and not once it has caught up', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { line, webSocketImpl } = await feedLine(app)
    const { fetch, introspections } = counting()
    const verifier = await verifierOf(app, { fetch, webSocketImpl })
    await verifier.ready()
    const { secret } = await app.apiKey()
    await verifier.verify(secret)
    const asked = introspections()
    line.cut()
    await expect.poll(() => verifier.feedState, PATIENCE).toBe('down')
    vi.setSystemTime(Date.now() + 6_000)
    await verifier.verify(secret)
    expect(introspections()).toBe(asked + 1)
    line.restore()
    await verifier.ready()
    vi.setSystemTime(Date.now() + 20_000)
    await verifier.verify(secret)
    expect(introspections()).toBe(asked + 1)
  })

  it('guesses are cheap for the server: wrong checksums never reach it, and rejections are cached', async () => {
    const { fetch, introspections } = counting()
    const verifier = await verifierOf(app, { fetch, feed: false })
    const unknown = newSecret('kt', 'ak')
    expect((await refusalOf(verifier.verify(`${unknown.slice(0, -1)}-`))).code).toBe('malformed')
    const mistyped = unknown.slice(0, -1) + (unknown.endsWith('0') ? '1' : '0')
    expect((await refusalOf(verifier.verify(mistyped))).code).toBe('malformed')
    expect(introspections()).toBe(0)
    for (const _ of [1, 2, 3]) expect((await refusalOf(verifier.verify(unknown))).code).toBe('unknown')
    expect(introspections()).toBe(1)
  })

  it('are unavailable, and not invalid, while the server does not answer', async () => {
    const down: typeof fetch = (input, init) =>
      String(input).endsWith('/introspect') ? Promise.resolve(new Response(null, { status: 503 })) : fetch(input, init)
    const verifier = await verifierOf(app, { fetch: down, feed: false })
    const { secret } = await app.apiKey()
    expect(await refusalOf(verifier.verify(secret))).toMatchObject({ code: 'unavailable', status: 503 })
  })
})
