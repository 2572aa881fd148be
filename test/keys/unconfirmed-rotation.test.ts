import { beforeAll, describe, expect, it } from 'vitest'
import {
  CancelRotationDocument,
  KeyByIdDocument,
  RotateKeyDocument,
  type RotateKeyInput,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { historyOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'

const HOUR = 3_600

describe.each(ENGINES)('a rotation whose response was lost on %s', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock })
  beforeAll(() => app.app.parts.sweeper.stop())

  const rotate = async (id: string, input: Omit<RotateKeyInput, 'id'> = {}) => {
    clock.advance(1)
    const { rotateKey } = await app.owner.run(RotateKeyDocument, { input: { id, ...input } })
    return { ...rotateKey, client: app.anonymous.with(rotateKey.secret) }
  }
  const retry = (id: string, input: Omit<RotateKeyInput, 'id'> = {}) =>
    rotate(id, { replaceUnconfirmed: true, ...input })
  const refusal = async (id: string) =>
    (await app.owner.fail(RotateKeyDocument, { input: { id, replaceUnconfirmed: true } })).extensions.code
  const works = async (client: TestApp['owner']) => (await client.try(ViewerDocument, {})).errors === undefined
  const secondsUntil = (instant: string | null | undefined) =>
    Math.round((new Date(instant ?? 0).getTime() - clock.now().getTime()) / 1_000)

  it('can be repeated: the lost secret becomes invalid, the new one and the old one are valid', async () => {
    const old = await app.apiKey()
    const lost = await rotate(old.id)
    const fresh = await retry(old.id)
    expect(await works(fresh.client)).toBe(true)
    expect(await works(old.client)).toBe(true)
    expect(await works(lost.client)).toBe(false)
    const rotations = (await historyOf(app, old.id)).filter(({ type }) => type === 'KEY_ROTATED')
    const [first, second] = rotations.map(({ details }) => details)
    expect(second).toMatchObject({ replacedHint: first?.hint, previousHint: first?.previousHint })
  })

  it('does not extend the old secret, however often it is repeated', async () => {
    const { id } = await app.apiKey()
    const first = await rotate(id, { overlap: 'PT1H' })
    clock.advance(HOUR / 2)
    for (const overlap of [null, 'PT24H', null])
      expect((await retry(id, { overlap })).previousSecretValidUntil).toBe(first.previousSecretValidUntil)
    expect(secondsUntil((await retry(id, { overlap: 'PT1M' })).previousSecretValidUntil)).toBe(60)
  })

  it('still starts the overlap at the first use', async () => {
    const old = await app.apiKey()
    await rotate(old.id, { overlap: 'PT1H', overlapFromFirstUse: true })
    const fresh = await retry(old.id)
    expect(secondsUntil(fresh.previousSecretValidUntil)).toBeGreaterThan(HOUR)
    expect(await works(fresh.client)).toBe(true)
    clock.advance(HOUR + 1)
    expect([await works(old.client), await works(fresh.client)]).toEqual([false, true])
  })

  it('keeps the old expiry for a cancellation', async () => {
    const old = await app.apiKey({ expiresIn: 'P10D' })
    const { key: before } = await app.owner.run(KeyByIdDocument, { id: old.id })
    await rotate(old.id, { expiresIn: 'P20D' })
    await retry(old.id, { expiresIn: 'P30D' })
    await app.owner.run(CancelRotationDocument, { id: old.id })
    expect((await app.owner.run(KeyByIdDocument, { id: old.id })).key?.expiresAt).toBe(before?.expiresAt)
    expect(await works(old.client)).toBe(true)
  })

  it('cannot be repeated once its secret has been used', async () => {
    const { id } = await app.apiKey()
    const { client } = await rotate(id)
    expect(await works(client)).toBe(true)
    expect(await refusal(id)).toBe('CONFLICT')
    expect(await works(client)).toBe(true)
  })

  it('is a normal rotation if none is in progress, and must be requested if one is', async () => {
    const old = await app.apiKey()
    const { client } = await retry(old.id)
    expect([await works(old.client), await works(client)]).toEqual([true, true])
    const other = await app.apiKey()
    await rotate(other.id)
    const { extensions, message } = await app.owner.fail(RotateKeyDocument, { input: { id: other.id } })
    expect(extensions.code).toBe('CONFLICT')
    expect(message).toContain('replaceUnconfirmed')
  })

  it('is repeated by one of two concurrent requests: no response has an invalid secret', async () => {
    const { id } = await app.apiKey()
    await rotate(id)
    clock.advance(1)
    const input = { id, replaceUnconfirmed: true }
    const results = await Promise.all([1, 2, 3].map(() => app.owner.try(RotateKeyDocument, { input })))
    const secrets = results.flatMap(({ data }) => data?.rotateKey.secret ?? [])
    expect(results.filter(({ errors }) => errors?.[0]?.extensions.code === 'CONFLICT')).toHaveLength(2)
    expect(await Promise.all(secrets.map((secret) => works(app.anonymous.with(secret))))).toEqual([true])
  })
})
