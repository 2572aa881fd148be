import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  RevocationsDocument,
  RevokeAccessTokenDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { sweepAll } from '../support/sweeping.ts'
import { claimsOf, eventsOf, exchanged, introspect, tokenOf } from '../support/tokens.ts'
import { TRANSPORTS, type Transport, untilLive } from '../support/transports.ts'
import { ENDINGS } from './endings.ts'

interface Seen {
  readonly sequence: number
  readonly keyId: string
  readonly tokenId?: string | null
  readonly revokedAt: string
}

describe.each(ENGINES)('the revocation feed on %s', (engine) => {
  // Tokens say whole seconds, what happens to keys does not: here the two differ, as they do.
  const clock = new ManualClock(new Date('2026-06-01T12:00:00.250Z'))
  let reader: { secret: string }
  const app = useApp({ engine, clock })
  beforeAll(async () => {
    reader = await app.apiKey({ grants: [{ module: 'tokens', role: 'VIEWER' }], neverExpires: true })
  })

  const headOf = async () => (await eventsOf(app))[0]?.sequence ?? 0
  const listen = async (
    after?: number,
    transport: Transport | undefined = TRANSPORTS[0],
    organizationId = app.organizationId,
  ) => {
    const client = app.anonymous.with(reader.secret)
    onTestFinished(() => client.close())
    const args = { organizationId, ...(after === undefined ? {} : { after }) }
    const subscription = await transport?.open(client, RevocationsDocument, args)
    return {
      take: async (): Promise<Seen> => {
        const { data, errors } = (await subscription?.results.take()) ?? {}
        if (data == null) throw new Error(JSON.stringify(errors))
        return data.revocations
      },
      fail: async () => (await subscription?.results.take())?.errors?.[0]?.extensions,
      pending: () => subscription?.results.pending,
    }
  }

  /** A marker that comes behind everything before it: what it follows is all that there was. */
  const marker = async () => {
    const key = await app.apiKey()
    const token = await tokenOf(app, key)
    await app.anonymous.run(RevokeAccessTokenDocument, { input: { token } })
    return claimsOf(token).jti
  }

  it('delivers nothing to another tenant or without tokens:viewer', async () => {
    const { organizationId } = await app.stranger()
    expect(await (await listen(0, TRANSPORTS[0], organizationId)).fail()).toMatchObject({ code: 'NOT_FOUND' })
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'MANAGER' }] })
    const { results } = await key.client.subscribe(RevocationsDocument, { organizationId: app.organizationId })
    const { errors } = await results.take()
    expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', required: ['tokens:viewer'] })
    expect(await (await listen(-1)).fail()).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'after' }] })
  })

  /** How a verifier decides that knows nothing but the feed. */
  const refuses = (seen: readonly Seen[], token: string): boolean => {
    const { client_id, jti, iat = 0, exp = 0 } = claimsOf(token)
    if (exp * 1000 <= clock.now().getTime()) return true
    return seen.some(
      ({ keyId, tokenId, revokedAt }) =>
        keyId === client_id && (tokenId == null ? iat * 1000 < new Date(revokedAt).getTime() : tokenId === jti),
    )
  }

  it.each(ENDINGS)(
    'delivers for $what, live and in a replay, what an offline verifier needs to reject the tokens',
    async ({ prepare }) => {
      const { keyId, dead, end } = await prepare(app, clock)
      const before = await headOf()
      const live = await listen()
      await untilLive(app, 1)
      // Tokens say whole seconds: those made before it are to be told from those made after it.
      clock.advance(1)
      await end()
      await sweepAll(app)
      const heard = await live.take()
      expect(heard).toMatchObject({ keyId, tokenId: null })
      expect(heard.sequence).toBeGreaterThan(before)
      const tokens = dead.filter((credential) => credential.startsWith('eyJ'))
      expect(tokens.map((token) => refuses([heard], token))).toEqual(tokens.map(() => true))
      const replayed = await listen(before)
      expect(await replayed.take()).toEqual(heard)
      const last = await marker()
      for (const listener of [live, replayed]) expect((await listener.take()).tokenId).toBe(last)
    },
  )

  it('at the planned end of an overlap spares the tokens of the new secret', async () => {
    const key = await app.apiKey()
    const old = await tokenOf(app, key)
    clock.advance(60)
    const { rotateKey } = await app.owner.run(RotateKeyDocument, { input: { id: key.id, overlap: 'PT5M' } })
    clock.advance(1)
    const during = await tokenOf(app, key)
    const fresh = await exchanged(app, rotateKey.secret)
    const live = await listen(await headOf())
    clock.advance(300)
    await sweepAll(app)
    const heard = await live.take()
    expect([old, during, fresh].map((token) => refuses([heard], token))).toEqual([true, true, false])
    expect(await introspect(app, fresh)).toMatchObject({ active: true })
  })

  it('at the end of an overlap that the first use of the new secret started spares none of the old one', async () => {
    const key = await app.apiKey()
    const input = { id: key.id, overlap: 'PT5M', overlapFromFirstUse: true }
    const { rotateKey } = await app.owner.run(RotateKeyDocument, { input })
    clock.advance(60)
    const waiting = await tokenOf(app, key)
    const fresh = await exchanged(app, rotateKey.secret)
    const live = await listen(await headOf())
    clock.advance(300)
    await sweepAll(app)
    const heard = await live.take()
    expect([waiting, fresh].map((token) => refuses([heard], token))).toEqual([true, false])
    expect(await introspect(app, waiting)).toEqual({ active: false })
  })

  it('delivers the end of an overlap even if the next rotation is earlier than the sweep', async () => {
    const key = await app.apiKey({ neverExpires: true })
    const old = await tokenOf(app, key)
    clock.advance(60)
    await app.owner.run(RotateKeyDocument, { input: { id: key.id, overlap: 'PT5M' } })
    const live = await listen(await headOf())
    await app.app.parts.sweeper.stop()
    clock.advance(300)
    await app.owner.run(RotateKeyDocument, { input: { id: key.id, overlap: 'PT5M' } })
    app.app.parts.sweeper.start()
    const heard = await live.take()
    expect(heard.keyId).toBe(key.id)
    expect(refuses([heard], old)).toBe(true)
    expect(await introspect(app, old)).toEqual({ active: false })
  })

  it.each(TRANSPORTS)('names by $name the one revoked token', async (transport) => {
    const key = await app.apiKey()
    const [token, other] = [await tokenOf(app, key), await tokenOf(app, key)]
    const live = await listen(undefined, transport)
    await untilLive(app, 1)
    await app.anonymous.run(RevokeAccessTokenDocument, { input: { token } })
    const heard = await live.take()
    expect(heard).toMatchObject({ keyId: key.id, tokenId: claimsOf(token).jti, revokedAt: clock.now().toISOString() })
    expect([token, other].map((one) => refuses([heard], one))).toEqual([true, false])
  })

  it('delivers changes of grants, because tokens state the old ones, and no other changes', async () => {
    const key = await app.apiKey({ grants: [{ module: 'keys', role: 'OPERATOR' }] })
    const live = await listen()
    await untilLive(app, 1)
    await app.owner.run(UpdateKeyDocument, { input: { id: key.id, name: `renamed on ${engine}`, metadata: { a: 1 } } })
    await app.owner.run(UpdateKeyDocument, { input: { id: key.id, grants: [{ module: 'keys', role: 'VIEWER' }] } })
    const [changed] = await eventsOf(app, { types: ['KEY_UPDATED'], targetId: key.id })
    expect(await live.take()).toMatchObject({ keyId: key.id, tokenId: null, sequence: changed?.sequence })
  })

  it('delivers nothing for a rotation within its overlap, a new key, a use or a denial', async () => {
    const key = await app.apiKey()
    const live = await listen()
    await untilLive(app, 1)
    await app.owner.run(RotateKeyDocument, { input: { id: key.id, overlap: 'PT1H' } })
    await tokenOf(app, await app.apiKey())
    await app.anonymous.with(`${key.secret}x`).send('{ viewer { kind } }')
    const last = await marker()
    expect((await live.take()).tokenId).toBe(last)
  })

  it.each(TRANSPORTS)('replays by $name from any position, each once and in order, and continues live', async (by) => {
    const before = await headOf()
    const keys = [await app.apiKey(), await app.apiKey(), await app.apiKey()]
    for (const { id } of keys) await app.owner.run(SuspendKeyDocument, { id })
    const all = await listen(before, by)
    const seen = [await all.take(), await all.take(), await all.take()]
    expect(seen.map(({ keyId }) => keyId)).toEqual(keys.map(({ id }) => id))
    expect(seen.map(({ sequence }) => sequence)).toEqual(
      [...seen.map(({ sequence }) => sequence)].sort((a, b) => a - b),
    )
    const rest = await listen(seen[1]?.sequence, by)
    expect(await rest.take()).toEqual(seen[2])
    const last = await marker()
    for (const listener of [all, rest]) expect((await listener.take()).tokenId).toBe(last)
  })
})
