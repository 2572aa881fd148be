import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CancelRotationDocument,
  CreateApiKeyDocument,
  ExchangeKeyDocument,
  KeyByIdDocument,
  KeyEventsDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { boot, type TestApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { ENGINES } from '../support/engines.ts'
import { typesOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { introspect, post, requestToken } from '../support/tokens.ts'

const HOUR = 3_600

interface New {
  readonly id: string
  readonly name: string
  readonly secret: string
  readonly client: TestClient
}

describe.each(ENGINES)('the first use of a new secret on %s', (engine) => {
  let app: TestApp
  const clock = new ManualClock()
  let count = 0
  beforeAll(async () => {
    app = await boot({ engine, clock })
    await app.app.parts.sweeper.stop()
  })
  afterAll(() => app.close())

  const rotated = async (): Promise<{ old: TestClient; fresh: New }> => {
    count += 1
    const name = `key ${count}`
    const grants = [{ module: 'keys', role: 'VIEWER' as const }]
    const { createApiKey } = await app.owner.run(CreateApiKeyDocument, {
      input: { organizationId: app.organizationId, name, grants, neverExpires: true },
    })
    const { id } = createApiKey.apiKey
    const { rotateKey } = await app.owner.run(RotateKeyDocument, {
      input: { id, overlap: 'PT1H', overlapFromFirstUse: true },
    })
    clock.advance(24 * HOUR)
    const { secret } = rotateKey
    return {
      old: app.anonymous.with(createApiKey.secret),
      fresh: { id, name, secret, client: app.anonymous.with(secret) },
    }
  }
  const works = async (client: TestClient) => (await client.try(ViewerDocument, {})).errors === undefined
  const endOf = async (id: string) => {
    const { key } = await app.owner.run(KeyByIdDocument, { id })
    return key?.secrets.find(({ state }) => state !== 'CURRENT')?.validUntil ?? null
  }
  /** The rotation was a day ago, and the policy allows an overlap of seven. */
  const latestEnd = () => new Date(clock.now().getTime() + 6 * 24 * HOUR * 1000).toISOString()
  const inAnHour = () => new Date(clock.now().getTime() + HOUR * 1000).toISOString()

  it.each<[string, (fresh: New) => Promise<unknown>]>([
    ['by a request', ({ client }) => client.run(ViewerDocument, {})],
    ['by a WebSocket', ({ client }) => client.subscribe(KeyEventsDocument, { organizationId: app.organizationId })],
    [
      'by a stream of events',
      async ({ client, id }) => {
        const { results } = client.subscribeByEvents(KeyEventsDocument, {
          organizationId: app.organizationId,
          after: 0,
        })
        return (await results.take()).data?.keyEvents.id ?? id
      },
    ],
    ['by an exchange', ({ secret }) => app.anonymous.run(ExchangeKeyDocument, { input: { secret } })],
    ['as an OAuth client', (fresh) => requestToken(app, fresh)],
    ['by the log-in of another tool', ({ name, secret }) => post(app, '/auth/v1/api-key/token', { name, secret })],
    ['by whoever asks what it may do', ({ secret }) => introspect(app, secret)],
  ])('%s starts the overlap, which ends to the millisecond', async (_how, use) => {
    const { old, fresh } = await rotated()
    expect([await endOf(fresh.id), await works(old)]).toEqual([latestEnd(), true])
    await use(fresh)
    expect(await endOf(fresh.id)).toBe(inAnHour())
    clock.advance(HOUR - 0.001)
    expect(await works(old)).toBe(true)
    clock.advance(0.001)
    expect([await works(old), await works(fresh.client)]).toEqual([false, true])
    fresh.client.close()
  })

  it.each<[string, (fresh: New, old: TestClient) => Promise<unknown>]>([
    ['a use of the old secret', (_, old) => old.run(ViewerDocument, {})],
    ['a look at the key by somebody else', ({ id }) => app.owner.run(KeyByIdDocument, { id })],
    ['a mistyped secret', ({ secret }) => app.anonymous.with(`${secret}x`).try(ViewerDocument, {})],
    [
      'a use from an address that is not allowed',
      async ({ id, client }) => {
        await app.owner.run(UpdateKeyDocument, { input: { id, allowedIps: ['192.0.2.0/24'] } })
        await client.fail(ViewerDocument, {})
        await app.owner.run(UpdateKeyDocument, { input: { id, allowedIps: [] } })
      },
    ],
    [
      'a use while the key is suspended',
      async ({ id, client }) => {
        await app.owner.run(SuspendKeyDocument, { id })
        await client.fail(ViewerDocument, {})
      },
    ],
  ])('is not %s, which ends nothing', async (_what, act) => {
    const { old, fresh } = await rotated()
    const latest = latestEnd()
    await act(fresh, old)
    expect(await endOf(fresh.id)).toBe(latest)
    clock.advance(48 * HOUR)
    await app.app.parts.sweeper.sweep()
    expect(await typesOf(app, fresh.id)).not.toContain('KEY_ROTATION_COMPLETED')
  })

  it('ends no overlap if the rotation was cancelled meanwhile', async () => {
    const { old, fresh } = await rotated()
    await app.owner.run(CancelRotationDocument, { id: fresh.id })
    expect(await works(fresh.client)).toBe(false)
    clock.advance(48 * HOUR)
    await app.app.parts.sweeper.sweep()
    expect(await works(old)).toBe(true)
  })

  it('counts before and after a restart', async () => {
    const [before, after] = [await rotated(), await rotated()]
    expect(await works(before.fresh.client)).toBe(true)
    const end = inAnHour()
    await app.stop()
    clock.advance(HOUR / 2)
    app = await boot({ engine, clock, database: app.database })
    await app.app.parts.sweeper.stop()
    const worksAgain = ({ credential }: TestClient) => works(app.anonymous.with(credential))
    expect([await worksAgain(before.old), await worksAgain(before.fresh.client)]).toEqual([true, true])
    expect([await worksAgain(after.old), await worksAgain(after.fresh.client)]).toEqual([true, true])
    clock.advance(HOUR / 2)
    expect(clock.now().toISOString()).toBe(end)
    expect([await worksAgain(before.old), await worksAgain(after.old)]).toEqual([false, true])
    clock.advance(HOUR / 2)
    expect(await worksAgain(after.old)).toBe(false)
  })
})
