import { beforeAll, describe, expect, it } from 'vitest'
import {
  CreatePersonalAccessKeyDocument,
  KeyByIdDocument,
  ResumeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { historyOf, typesOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'

const HOUR = 3_600

describe.each(ENGINES)('an expired key on %s', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock })
  beforeAll(async () => {
    // Time is swept when a test says so, not whenever it moves.
    await app.app.parts.sweeper.stop()
  })

  const works = async (client: TestApp['owner']) => (await client.try(ViewerDocument, {})).errors === undefined
  const fromNow = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000).toISOString()
  const rotate = async (id: string, client = app.owner, more = {}) => {
    // Two secrets of the same instant would have no order.
    clock.advance(1)
    const { rotateKey } = await client.run(RotateKeyDocument, { input: { id, ...more } })
    return { ...rotateKey, client: app.anonymous.with(rotateKey.secret) }
  }

  it.each(['without a sweep', 'after a sweep'])(
    'is reactivated by a rotation, %s; its old secret is not',
    async (when) => {
      const old = await app.apiKey({ expiresIn: 'PT2H' })
      clock.advance(3 * HOUR)
      if (when === 'after a sweep') await app.app.parts.sweeper.sweep()
      expect(await works(old.client)).toBe(false)
      // No overlap, whatever was asked for: what has stopped working must not start again.
      const { key, client, previousSecretValidUntil } = await rotate(old.id, app.owner, { overlap: 'P1D' })
      expect(previousSecretValidUntil).toBe(fromNow(0))
      expect(key).toMatchObject({ status: 'ACTIVE', expiresAt: fromNow(2 * HOUR) })
      expect(key.secrets.map(({ state }) => state)).toEqual(['CURRENT', 'RETIRED'])
      expect([await works(old.client), await works(client)]).toEqual([false, true])
      // Its new life ends and is told of like the first one.
      clock.advance(2 * HOUR)
      expect(await works(client)).toBe(false)
      await app.app.parts.sweeper.sweep()
      const told = (await typesOf(app, old.id)).filter((type) => /^KEY_(?:CREATED|ROTATED|EXPIRED)$/.test(type))
      expect(told).toEqual(
        when === 'after a sweep'
          ? ['KEY_CREATED', 'KEY_EXPIRED', 'KEY_ROTATED', 'KEY_EXPIRED']
          : ['KEY_CREATED', 'KEY_ROTATED', 'KEY_EXPIRED'],
      )
    },
  )

  it('can be reactivated by callers who may create such a key, not by itself or by others', async () => {
    const old = await app.apiKey({ expiresIn: 'PT2H', grants: [{ module: 'audit', role: 'VIEWER' }] })
    clock.advance(2 * HOUR)
    const itself = await old.client.fail(RotateKeyDocument, { input: { id: old.id } })
    expect(itself.extensions.code).toBe('UNAUTHENTICATED')
    const viewer = await app.person('Vera', [{ module: '*', role: 'VIEWER' }])
    const weak = await app.person('Otto', [{ module: 'keys', role: 'OPERATOR' }])
    for (const [{ client }, required] of [
      [viewer, 'keys:operator'],
      [weak, 'audit:viewer'],
    ] as const) {
      const error = await client.fail(RotateKeyDocument, { input: { id: old.id } })
      expect(error.extensions).toMatchObject({ code: 'FORBIDDEN', required: [required] })
    }
    const strong = await app.person('Olga', [
      { module: 'keys', role: 'OPERATOR' },
      { module: 'audit', role: 'VIEWER' },
    ])
    const { client } = await rotate(old.id, strong.client)
    expect(await works(client)).toBe(true)
  })

  it('of a person can be reactivated by that person', async () => {
    const ann = await app.person('Ann', [])
    const { createPersonalAccessKey } = await ann.client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId: app.organizationId, name: 'short', expiresIn: 'PT1H' },
    })
    const { id } = createPersonalAccessKey.personalAccessKey
    clock.advance(HOUR)
    expect((await app.owner.fail(RotateKeyDocument, { input: { id } })).extensions.code).toBe('FORBIDDEN')
    expect(await works((await rotate(id, ann.client)).client)).toBe(true)
  })

  it.each([
    ['has not ended', { overlap: 'P7D' }],
    ['has not even begun to end', { overlap: 'P7D', overlapFromFirstUse: true }],
  ])('can be reactivated although the overlap of its last rotation %s', async (_, overlap) => {
    const old = await app.apiKey()
    const during = await rotate(old.id, app.owner, { ...overlap, expiresIn: 'PT1H' })
    clock.advance(HOUR)
    await app.app.parts.sweeper.sweep()
    expect([await works(old.client), await works(during.client)]).toEqual([false, false])
    const { client, key } = await rotate(old.id)
    expect(key.status).toBe('ACTIVE')
    expect(await Promise.all([old.client, during.client, client].map(works))).toEqual([false, false, true])
    expect(key.secrets.map(({ state, validUntil }) => ({ state, validUntil }))).toEqual([
      { state: 'CURRENT', validUntil: null },
      { state: 'RETIRED', validUntil: fromNow(0) },
      { state: 'RETIRED', validUntil: fromNow(0) },
    ])
    clock.advance(HOUR / 2)
    await app.app.parts.sweeper.sweep()
    expect(await works(client)).toBe(true)
    expect((await historyOf(app, old.id)).at(-1)?.type).not.toBe('KEY_ROTATION_COMPLETED')
  })

  it('that was suspended is suspended after its reactivation, until a permitted caller resumes it', async () => {
    const old = await app.apiKey({ expiresIn: 'PT1H' })
    await app.owner.run(SuspendKeyDocument, { id: old.id })
    clock.advance(HOUR)
    const { key, client } = await rotate(old.id)
    expect(key.status).toBe('SUSPENDED')
    expect(await works(client)).toBe(false)
    await app.owner.run(ResumeKeyDocument, { id: old.id })
    expect(await works(client)).toBe(true)
    expect((await app.owner.run(KeyByIdDocument, { id: old.id })).key?.status).toBe('ACTIVE')
  })
})
