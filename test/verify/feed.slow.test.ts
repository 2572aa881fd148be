import { describe, expect, it } from 'vitest'
import {
  CreateOrganizationDocument,
  ExchangeKeyDocument,
  ResumeKeyDocument,
  RevokeAccessTokenDocument,
  RevokeKeyDocument,
  SuspendKeyDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { PATIENCE } from '../support/patience.ts'
import { tokenOf } from '../support/tokens.ts'
import { AUDIENCE, counting, feedLine, refusalOf, verifierOf } from './verifying.ts'

describe('the feed', () => {
  const app = useApp()
  const forService = { audience: AUDIENCE }

  it('ends revoked tokens, and no others', async () => {
    const { fetch, introspections } = counting()
    const verifier = await verifierOf(app, { fetch })
    await verifier.ready()
    expect(verifier.feedState).toBe('live')
    const [revokedKey, key] = [await app.apiKey(), await app.apiKey()]
    const ofRevoked = await tokenOf(app, revokedKey, forService)
    const [one, other] = [await tokenOf(app, key, forService), await tokenOf(app, key, forService)]
    for (const token of [ofRevoked, one, other]) await verifier.verify(token)
    await app.owner.run(RevokeKeyDocument, { input: { id: revokedKey.id } })
    await app.anonymous.run(RevokeAccessTokenDocument, { input: { token: one } })
    for (const token of [ofRevoked, one])
      await expect
        .poll(() => refusalOf(verifier.verify(token)), PATIENCE)
        .toMatchObject({ code: 'revoked', status: 401 })
    const asked = introspections()
    expect((await verifier.verify(other)).keyId).toBe(key.id)
    expect(introspections()).toBe(asked)
  })

  it('keeps a token from before a suspension ended, and accepts one from after it', async () => {
    const verifier = await verifierOf(app)
    await verifier.ready()
    const key = await app.apiKey()
    const before = await tokenOf(app, key, forService)
    await verifier.verify(before)
    await app.owner.run(SuspendKeyDocument, { id: key.id })
    await expect.poll(() => refusalOf(verifier.verify(before)), PATIENCE).toMatchObject({ code: 'revoked' })
    await app.owner.run(ResumeKeyDocument, { id: key.id })
    // In the second of the suspension only the server can tell one from the other.
    const after = await tokenOf(app, key, forService)
    expect((await verifier.verify(after)).keyId).toBe(key.id)
    expect((await refusalOf(verifier.verify(before))).code).toBe('revoked')
  })

  it('lets a verifier that starts late reject what was revoked before', async () => {
    const key = await app.apiKey()
    const [one, other] = [await tokenOf(app, key, forService), await tokenOf(app, key, forService)]
    await app.anonymous.run(RevokeAccessTokenDocument, { input: { token: one } })
    const verifier = await verifierOf(app)
    await verifier.ready()
    expect((await refusalOf(verifier.verify(one))).code).toBe('revoked')
    expect(await verifier.verify(other)).toBeDefined()
  })

  it('does not cover a token of another organization, which is introspected', async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: 'Below', parentId: app.organizationId },
    })
    const { id } = createOrganization.organization
    const key = await app.apiKey({ organizationId: id })
    const { fetch, introspections } = counting()
    const verifier = await verifierOf(app, { fetch })
    await verifier.ready()
    const asked = introspections()
    const token = await tokenOf(app, key, forService)
    expect((await verifier.verify(token)).organizationId).toBe(id)
    await verifier.verify(token)
    expect(introspections()).toBe(asked + 1)
    const { owner } = await app.stranger()
    const { exchangeKey } = await app.anonymous.run(ExchangeKeyDocument, {
      input: { secret: owner.secret, audience: AUDIENCE },
    })
    expect((await refusalOf(verifier.verify(exchangeKey.accessToken))).code).toBe('revoked')
  })

  describe('while it is down', () => {
    const downed = async (onFeedDown: 'introspect' | 'refuse' | 'accept') => {
      const { line, webSocketImpl } = await feedLine(app)
      const { fetch, introspections } = counting()
      const verifier = await verifierOf(app, { onFeedDown, fetch, webSocketImpl })
      await verifier.ready()
      const key = await app.apiKey()
      const [one, other] = [await tokenOf(app, key, forService), await tokenOf(app, key, forService)]
      await verifier.verify(one)
      await verifier.verify(other)
      line.cut()
      await expect.poll(() => verifier.feedState, PATIENCE).toBe('down')
      await app.anonymous.run(RevokeAccessTokenDocument, { input: { token: one } })
      return { verifier, line, one, other, introspections }
    }
    const backAgain = async ({ verifier, line, one, other }: Awaited<ReturnType<typeof downed>>) => {
      line.restore()
      await verifier.ready()
      expect(verifier.feedState).toBe('live')
      expect((await refusalOf(verifier.verify(one))).code).toBe('revoked')
      expect(await verifier.verify(other)).toBeDefined()
    }

    it('introspects each token, and trusts the cache again after it has caught up', async () => {
      const situation = await downed('introspect')
      const { verifier, one, other, introspections } = situation
      const asked = introspections()
      expect((await refusalOf(verifier.verify(one))).code).toBe('revoked')
      expect(await verifier.verify(other)).toBeDefined()
      await verifier.verify(other)
      expect(introspections()).toBe(asked + 2)
      await backAgain(situation)
      expect(introspections()).toBe(asked + 2)
    })

    it('refuse is 503 for every token', async () => {
      const situation = await downed('refuse')
      for (const token of [situation.one, situation.other])
        expect(await refusalOf(situation.verifier.verify(token))).toMatchObject({ code: 'unavailable', status: 503 })
      await backAgain(situation)
    })

    it('accept allows what was revoked meanwhile, until it has caught up', async () => {
      const situation = await downed('accept')
      expect(await situation.verifier.verify(situation.one)).toBeDefined()
      await backAgain(situation)
    })
  })

  it('a silent connection counts as lost', async () => {
    const { line, webSocketImpl } = await feedLine(app)
    const verifier = await verifierOf(app, { webSocketImpl })
    await verifier.ready()
    line.silence()
    await expect.poll(() => verifier.feedState, PATIENCE).toBe('down')
  })

  it('a verifier whose key lacks tokens:viewer is never ready', async () => {
    const { secret } = await app.apiKey({ grants: [{ module: 'audit', role: 'VIEWER' }] })
    const verifier = await verifierOf(app, { credential: secret })
    expect((await refusalOf(verifier.ready())).code).toBe('unavailable')
    const { organizationId } = app
    const other = await verifierOf(app, { credential: secret, organizationId })
    expect((await refusalOf(other.ready())).code).toBe('unavailable')
  })
})
