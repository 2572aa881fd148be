import { beforeAll, describe, expect, it } from 'vitest'
import {
  ApiKeysDocument,
  CreateApiKeyDocument,
  CreatePersonalAccessKeyDocument,
  KeyByIdDocument,
  KeyEventsDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { historyOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe.each(ENGINES)('the expiry of a key, on %s,', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock })
  beforeAll(async () => {
    await app.app.parts.sweeper.stop()
  })

  const codeOf = async (client: TestApp['owner']) =>
    (await client.try(ViewerDocument, {})).errors?.[0]?.extensions.code ?? 'good'
  const statusOf = async (id: string) => (await app.owner.run(KeyByIdDocument, { id })).key?.status
  const fromNow = (milliseconds: number) => new Date(clock.now().getTime() + milliseconds).toISOString()

  it.each([
    ['a length', 'API key', () => ({ expiresIn: 'PT1M' })],
    ['a length', 'personal key', () => ({ expiresIn: 'PT1M' })],
    ['an instant', 'API key', () => ({ expiresAt: fromNow(60_000) })],
    [
      'an instant in another time zone',
      'API key',
      () => ({ expiresAt: fromNow(60_000 + 5.5 * 3_600_000).replace('Z', '+05:30') }),
    ],
  ])('given as %s, ends an %s to the millisecond, without a sweep', async (_, kind, wish) => {
    const { organizationId } = app
    const input = { organizationId, name: `key at ${clock.now().toISOString()}`, ...wish() }
    const { id, secret } =
      kind === 'API key'
        ? await app.owner
            .run(CreateApiKeyDocument, { input: { ...input, grants: [] } })
            .then(({ createApiKey: made }) => ({ id: made.apiKey.id, secret: made.secret }))
        : await app.owner
            .run(CreatePersonalAccessKeyDocument, { input })
            .then(({ createPersonalAccessKey: made }) => ({ id: made.personalAccessKey.id, secret: made.secret }))
    const client = app.anonymous.with(secret)
    expect(await codeOf(client)).toBe('good')
    clock.advance(59.999)
    expect([await codeOf(client), await statusOf(id)]).toEqual(['good', 'ACTIVE'])
    clock.advance(0.001)
    expect([await codeOf(client), await statusOf(id)]).toEqual(['UNAUTHENTICATED', 'EXPIRED'])
    expect((await historyOf(app, id)).map(({ type, details }) => [type, details.reason])).toEqual([
      ['KEY_CREATED', undefined],
      ['ACCESS_DENIED', 'expired'],
    ])
    // The sweep tells of it, once, and changes nothing else.
    await app.app.parts.sweeper.sweep()
    await app.app.parts.sweeper.sweep()
    const told = (await historyOf(app, id)).filter(({ type }) => type === 'KEY_EXPIRED')
    expect(told.map(({ actor, details }) => [actor.kind, details.expiresAt])).toEqual([
      ['SYSTEM', clock.now().toISOString()],
    ])
    expect([await codeOf(client), await statusOf(id)]).toEqual(['UNAUTHENTICATED', 'EXPIRED'])
  })

  it('applies to lists, and to WebSocket connections', async () => {
    const { organizationId } = app
    const key = await app.apiKey({
      name: 'by socket',
      expiresIn: 'PT1M',
      grants: [{ module: 'keys', role: 'VIEWER' }],
    })
    const found = async (status: 'ACTIVE' | 'EXPIRED') => {
      const filter = { search: 'by socket', status: [status] }
      const { organization } = await app.owner.run(ApiKeysDocument, { organizationId, filter })
      return organization?.apiKeys?.totalCount
    }
    clock.advance(59.999)
    const live = await key.client.subscribe(KeyEventsDocument, { organizationId })
    expect([await found('ACTIVE'), await found('EXPIRED')]).toEqual([1, 0])
    clock.advance(0.001)
    expect([await found('ACTIVE'), await found('EXPIRED')]).toEqual([0, 1])
    await expect(key.client.subscribe(KeyEventsDocument, { organizationId })).rejects.toMatchObject({ code: 4401 })
    // What was open is ended as well.
    expect(await live.ended.take()).toMatchObject({ code: 4403 })
  })
})
