import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  KeyEventsDocument,
  ResumeKeyDocument,
  RevokeAccessTokenDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { openSocket } from '../support/raw-socket.ts'
import { exchange, exchanged, introspect, tokenOf } from '../support/tokens.ts'
import { TRANSPORTS, type Transport, untilLive } from '../support/transports.ts'
import { ENDINGS } from './endings.ts'

const ASKING = '{ viewer { kind } }'

describe.each(ENGINES)('the end of a key, a secret or a token on %s', (engine) => {
  const clock = new ManualClock()
  let running: TestApp
  let timed: TestApp
  beforeAll(async () => {
    // Time that stands still for what time does, time as it is for the rest: there, memory is in use on both engines.
    ;[running, timed] = await Promise.all([boot({ engine }), boot({ engine, clock })])
  })
  afterAll(() => Promise.all([running.close(), timed.close()]))

  const expectGood = async (app: TestApp, credential: string) => {
    expect(await introspect(app, credential)).toMatchObject({ active: true })
    expect((await app.anonymous.with(credential).send('{ viewer { kind } }')).status).toBe(200)
  }
  const expectDead = async (app: TestApp, credential: string) => {
    expect(await introspect(app, credential)).toEqual({ active: false })
    const { status, errors } = await app.anonymous.with(credential).send('{ viewer { kind } }')
    expect([status, errors?.[0]?.extensions.code]).toEqual([401, 'UNAUTHENTICATED'])
    expect((await exchange(app, credential)).status).toBe(400)
    await expect(app.anonymous.with(credential).subscribe(ViewerDocument, {})).rejects.toThrow('4401')
  }

  describe.each(ENDINGS)('by $what', ({ prepare, timed: byTime }) => {
    it('ends every token that was exchanged from it, on the next request, and nothing else', async () => {
      const app = byTime === true ? timed : running
      const { dead, good, end } = await prepare(app, clock)
      for (const credential of [...dead, ...good]) await expectGood(app, credential)
      await end()
      for (const credential of dead) await expectDead(app, credential)
      for (const credential of good) await expectGood(app, credential)
    })

    it('ends open connections, at their next operation', async () => {
      const app = byTime === true ? timed : running
      const { dead, good, end } = await prepare(app, clock)
      const connect = async (credential: string) => {
        const socket = await openSocket(app.url)
        onTestFinished(() => socket.close())
        await socket.init({ authorization: `Bearer ${credential}` })
        return socket
      }
      const ending = await Promise.all(dead.map(connect))
      const staying = await Promise.all(good.map(connect))
      for (const socket of [...ending, ...staying]) expect((await socket.ask(ASKING)).data).toBeDefined()
      await end()
      for (const socket of ending) {
        socket.send({ type: 'subscribe', id: 'after', payload: { query: ASKING } })
        expect((await socket.ended.take()).code).toBe(4403)
        expect(socket.messages.pending.filter(({ type }) => type === 'next')).toEqual([])
      }
      for (const socket of staying) expect((await socket.ask(ASKING)).data).toBeDefined()
    })

    // A machine that is busy with something else for long enough is late: a second try tells that from being wrong.
    it('ends subscriptions of its tokens and secrets within a second, by either protocol', { retry: 2 }, async () => {
      const app = byTime === true ? timed : running
      const { dead, good, end } = await prepare(app, clock)
      const open = async (credential: string, transport: Transport) => {
        const client = app.anonymous.with(credential)
        onTestFinished(() => client.close())
        const args = { organizationId: app.organizationId, types: ['KEY_RESUMED' as const] }
        return { transport, ...(await transport.open(client, KeyEventsDocument, args)) }
      }
      const of = (credentials: readonly string[]) =>
        Promise.all(credentials.flatMap((one) => TRANSPORTS.map((transport) => open(one, transport))))
      const [ending, staying] = [await of(dead), await of(good)]
      await untilLive(app, ending.length + staying.length)
      await end()
      const begun = performance.now()
      await Promise.all(
        ending.map(async ({ results, ended, transport }) => {
          if (transport.name === 'WebSocket') return expect((await ended.take()).code).toBe(4403)
          expect((await results.take()).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED')
          expect((await ended.take()).reason).toBe('complete')
        }),
      )
      expect(performance.now() - begun).toBeLessThan(1_000)
      expect(app.app.parts.live.size).toBe(staying.length)
      for (const { results, ended } of staying) expect([...results.pending, ...ended.pending]).toEqual([])
      for (const { stop } of staying) stop()
      await untilLive(app, 0)
    })
  })

  const listening = async (app: TestApp, token: string) => {
    const client = app.anonymous.with(token)
    onTestFinished(() => client.close())
    const subscription = await client.subscribe(KeyEventsDocument, { organizationId: app.organizationId })
    await untilLive(app, 1)
    return subscription
  }

  it('by revokeAccessToken, a withdrawal of grants or the expiry ends the subscriptions of a token', async () => {
    const ways: ((token: string, id: string) => unknown)[] = [
      (token) => timed.anonymous.run(RevokeAccessTokenDocument, { input: { token } }),
      (_, id) => timed.owner.run(UpdateKeyDocument, { input: { id, grants: [] } }),
      () => clock.advance(3_600),
    ]
    for (const way of ways) {
      const key = await timed.apiKey({ grants: [{ module: 'keys', role: 'VIEWER' }] })
      const token = await tokenOf(timed, key)
      const { ended } = await listening(timed, token)
      await way(token, key.id)
      const begun = performance.now()
      expect((await ended.take()).code).toBe(4403)
      expect(performance.now() - begun).toBeLessThan(1_000)
      await untilLive(timed, 0)
    }
  })

  it('by suspension is undone by resumeKey for the secret, and not for earlier tokens', async () => {
    const { id, secret } = await running.apiKey()
    const before = await exchanged(running, secret)
    await running.owner.run(SuspendKeyDocument, { id })
    await running.owner.run(ResumeKeyDocument, { id })
    await expectGood(running, secret)
    await expectDead(running, before)
    const after = await exchanged(running, secret)
    await expectGood(running, after)
    await running.owner.run(SuspendKeyDocument, { id })
    await running.owner.run(ResumeKeyDocument, { id })
    for (const token of [before, after]) await expectDead(running, token)
  })
})
