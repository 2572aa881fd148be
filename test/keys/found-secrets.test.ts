import { beforeAll, describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  KeyByIdDocument,
  RevokeKeyDocument,
  RevokeSecretDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { newSecret } from '../../src/kernel/secret-text.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn, historyOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe.each(ENGINES)('a secret that was found, on %s', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock })
  beforeAll(async () => {
    await app.app.parts.sweeper.stop()
  })

  const report = async (secret: string, client = app.anonymous) =>
    (await client.run(RevokeSecretDocument, { input: { secret } })).revokeSecret.accepted
  const keyOf = async (id: string) => (await app.owner.run(KeyByIdDocument, { id })).key
  const rotated = async (id: string, overlap: string) => {
    clock.advance(1)
    return (await app.owner.run(RotateKeyDocument, { input: { id, overlap } })).rotateKey.secret
  }

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['of an active key', async () => undefined],
    ['that is retiring', async (id) => rotated(id, 'PT1H')],
    ['of a suspended key', async (id) => app.owner.run(SuspendKeyDocument, { id })],
    ['of an expired key', async () => clock.advance(3_600)],
  ])('%s revokes the key, for any reporter', async (_, prepare) => {
    const { id, secret, client } = await app.apiKey({ expiresIn: 'PT1H' })
    await prepare(id)
    expect(await report(secret)).toBe(true)
    expect(await keyOf(id)).toMatchObject({ status: 'REVOKED', revocationReason: 'COMPROMISED' })
    expect((await client.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    const told = (await historyOf(app, id)).filter(({ type }) => type === 'KEY_REVOKED')
    expect(told).toMatchObject([
      {
        actor: { kind: 'ANONYMOUS', id: null },
        details: { kind: 'API_KEY', reason: 'COMPROMISED', bySecret: true },
      },
    ])
    expect(JSON.stringify(told)).not.toContain(secret.slice(6, 40))
  })

  it('of a person revokes their key, and the event names the reporter if known', async () => {
    const ann = await app.person('Ann', [])
    const finder = await app.person('Fay', [])
    await finder.client.run(RevokeSecretDocument, { input: { secret: ann.secret, reason: 'NO_LONGER_NEEDED' } })
    expect(await keyOf(ann.keyId)).toMatchObject({ status: 'REVOKED', revocationReason: 'NO_LONGER_NEEDED' })
    expect((await historyOf(app, ann.keyId)).at(-1)?.actor).toMatchObject({ kind: 'USER', id: finder.userId })
  })

  it.each<[string, () => Promise<string>]>([
    ['nobody knows', async () => newSecret('kt', 'ak')],
    [
      'was retired',
      async () => {
        const { id, secret } = await app.apiKey()
        await rotated(id, 'PT0S')
        return secret
      },
    ],
    [
      'was retired by time alone',
      async () => {
        const { id, secret } = await app.apiKey()
        await rotated(id, 'PT1H')
        clock.advance(3_600)
        return secret
      },
    ],
    [
      'is of a revoked key',
      async () => {
        const { id, secret } = await app.apiKey()
        await app.owner.run(RevokeKeyDocument, { input: { id } })
        return secret
      },
    ],
  ])('that %s is accepted, and changes nothing', async (_, find) => {
    const secret = await find()
    const before = await changesIn(app)
    expect(await report(secret)).toBe(true)
    expect(await report(secret, app.owner)).toBe(true)
    expect(await changesIn(app)).toEqual(before)
  })

  it.each([
    ['nothing', () => ''],
    ['cut off', (secret: string) => secret.slice(0, -1)],
    ['mistyped', (secret: string) => secret.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    ['of another deployment', () => newSecret('acme', 'ak')],
    ['within other text', (secret: string) => `KEY=${secret}`],
    ['an id', () => 'key_00000000000040008000000000000000'],
  ])('that is malformed (%s) is rejected, without its value', async (_, spoil) => {
    const { secret } = await app.apiKey()
    const before = await changesIn(app)
    const spoilt = spoil(secret)
    const error = await app.anonymous.fail(RevokeSecretDocument, { input: { secret: spoilt } })
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'secret' }] })
    if (spoilt !== '') expect(JSON.stringify(error)).not.toContain(spoilt)
    expect(await changesIn(app)).toEqual(before)
  })

  it('revokes its key once, however often it is reported', async () => {
    const { id, secret } = await app.apiKey()
    expect(await Promise.all(Array.from({ length: 5 }, () => report(secret)))).toEqual(Array(5).fill(true))
    expect((await historyOf(app, id)).filter(({ type }) => type === 'KEY_REVOKED')).toHaveLength(1)
  })

  it('frees the name of its key', async () => {
    const { secret } = await app.apiKey({ name: 'leaky' })
    await report(secret)
    const input = { organizationId: app.organizationId, name: 'leaky', grants: [] }
    await app.owner.run(CreateApiKeyDocument, { input })
  })
})
