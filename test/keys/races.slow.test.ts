import { describe, expect, it } from 'vitest'
import {
  CancelRotationDocument,
  CompleteRotationDocument,
  KeyByIdDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  RevokeSecretDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { typesOf } from '../support/history.ts'

/** Each race is run so many times: which one wins is for chance to decide. */
const ROUNDS = 8

describe.each(ENGINES)('of two concurrent changes on %s', (engine) => {
  const app = useApp({ engine })

  type Client = TestApp['owner']
  const works = async (client: Client) => (await client.try(ViewerDocument, {})).errors === undefined
  const codeOf = (result: { errors?: readonly { extensions: { code: string } }[] }) =>
    result.errors?.[0]?.extensions.code ?? 'done'
  const keyOf = async (id: string) => (await app.owner.run(KeyByIdDocument, { id })).key
  const changesOf = async (id: string) => (await typesOf(app, id)).filter((type) => type.startsWith('KEY_')).slice(1)
  const rotate = (id: string, overlap: string | null = null) =>
    app.owner.try(RotateKeyDocument, { input: { id, overlap } })
  const revoke = (id: string) => app.owner.try(RevokeKeyDocument, { input: { id } })
  const rounds = async (race: (round: number) => Promise<void>) => {
    for (let round = 0; round < ROUNDS; round += 1) await race(round)
  }

  it('that rotate, one succeeds, and the other gets an error', async () => {
    await rounds(async () => {
      const old = await app.apiKey()
      const results = await Promise.all([rotate(old.id), rotate(old.id), rotate(old.id)])
      expect(results.map(codeOf).sort()).toEqual(['CONFLICT', 'CONFLICT', 'done'])
      const secrets = results.flatMap(({ data }) => data?.rotateKey.secret ?? [])
      expect(secrets).toHaveLength(1)
      expect(await works(app.anonymous.with(secrets[0] ?? ''))).toBe(true)
      expect(await works(old.client)).toBe(true)
      expect((await keyOf(old.id))?.secrets).toHaveLength(2)
      expect(await changesOf(old.id)).toEqual(['KEY_ROTATED'])
    })
  })

  it('that rotate without an overlap, the last successful response has the valid secret', async () => {
    await rounds(async () => {
      const old = await app.apiKey()
      const results = await Promise.all([rotate(old.id, 'PT0S'), rotate(old.id, 'PT0S')])
      const secrets = results.flatMap(({ data }) => data?.rotateKey.secret ?? [])
      expect(results.map(codeOf)).toContain('done')
      for (const code of results.map(codeOf)) expect(['done', 'CONFLICT']).toContain(code)
      const good = await Promise.all(secrets.map((secret) => works(app.anonymous.with(secret))))
      expect(good.filter((one) => one)).toHaveLength(1)
      expect(await works(old.client)).toBe(false)
      expect((await changesOf(old.id)).filter((type) => type === 'KEY_ROTATED')).toHaveLength(secrets.length)
    })
  })

  it('a revocation wins over a rotation, in either order', async () => {
    await rounds(async (round) => {
      const old = await app.apiKey()
      const first = round % 2 === 0
      const attempts = first ? [rotate(old.id), revoke(old.id)] : [revoke(old.id), rotate(old.id)]
      const results = await Promise.all(attempts)
      const [rotation, revocation] = (first ? results : [...results].reverse()) as [
        Awaited<ReturnType<typeof rotate>>,
        Awaited<ReturnType<typeof revoke>>,
      ]
      expect(codeOf(revocation)).toBe('done')
      expect(['done', 'CONFLICT']).toContain(codeOf(rotation))
      const key = await keyOf(old.id)
      expect(key?.status).toBe('REVOKED')
      expect(key?.secrets.map(({ state }) => state)).not.toContain('CURRENT')
      for (const secret of [old.secret, rotation.data?.rotateKey.secret ?? old.secret])
        expect(await works(app.anonymous.with(secret))).toBe(false)
      expect(await changesOf(old.id)).toEqual(
        codeOf(rotation) === 'done' ? ['KEY_ROTATED', 'KEY_REVOKED'] : ['KEY_REVOKED'],
      )
    })
  })

  it.each([
    ['a resumption', (id: string) => app.owner.try(ResumeKeyDocument, { id }), 'KEY_RESUMED'],
    [
      'a change',
      (id: string) => app.owner.try(UpdateKeyDocument, { input: { id, description: 'new' } }),
      'KEY_UPDATED',
    ],
  ])('a revocation wins over %s, in either order', async (_, change, type) => {
    await rounds(async (round) => {
      const { id, client } = await app.apiKey()
      await app.owner.run(SuspendKeyDocument, { id })
      const first = round % 2 === 0
      const [one, other] = await Promise.all(first ? [change(id), revoke(id)] : [revoke(id), change(id)])
      const [changed, revoked] = first ? [one, other] : [other, one]
      expect(codeOf(revoked)).toBe('done')
      expect(['done', 'CONFLICT']).toContain(codeOf(changed))
      expect((await keyOf(id))?.status).toBe('REVOKED')
      expect(await works(client)).toBe(false)
      const expected = codeOf(changed) === 'done' ? [type, 'KEY_REVOKED'] : ['KEY_REVOKED']
      expect(await changesOf(id)).toEqual(['KEY_SUSPENDED', ...expected])
    })
  })

  it('that revoke, by id and by secret, one succeeds', async () => {
    await rounds(async () => {
      const { id, secret } = await app.apiKey()
      const bySecret = () => app.anonymous.try(RevokeSecretDocument, { input: { secret } })
      const [first, found, second] = await Promise.all([revoke(id), bySecret(), revoke(id)])
      expect(codeOf(found)).toBe('done')
      const winners = [first, second].map(codeOf).filter((code) => code === 'done')
      expect(winners.length).toBeLessThanOrEqual(1)
      expect(await changesOf(id)).toEqual(['KEY_REVOKED'])
      expect((await keyOf(id))?.revocationReason).toBe(winners.length === 1 ? 'UNSPECIFIED' : 'COMPROMISED')
    })
  })

  it('that complete and cancel a rotation, one succeeds', async () => {
    await rounds(async () => {
      const old = await app.apiKey()
      const { data } = await rotate(old.id)
      const [completed, cancelled] = await Promise.all([
        app.owner.try(CompleteRotationDocument, { id: old.id }),
        app.owner.try(CancelRotationDocument, { id: old.id }),
      ])
      expect([codeOf(completed), codeOf(cancelled)].sort()).toEqual(['CONFLICT', 'done'])
      const done = codeOf(completed) === 'done'
      expect(await works(old.client)).toBe(!done)
      expect(await works(app.anonymous.with(data?.rotateKey.secret ?? ''))).toBe(done)
      expect(await changesOf(old.id)).toEqual([
        'KEY_ROTATED',
        done ? 'KEY_ROTATION_COMPLETED' : 'KEY_ROTATION_CANCELLED',
      ])
    })
  })

  it('that suspend, one succeeds, and a suspension during a rotation stops both secrets', async () => {
    await rounds(async () => {
      const old = await app.apiKey()
      const suspend = () => app.owner.try(SuspendKeyDocument, { id: old.id })
      const [one, other, rotation] = await Promise.all([suspend(), suspend(), rotate(old.id)])
      expect([codeOf(one), codeOf(other)].sort()).toEqual(['CONFLICT', 'done'])
      expect(await works(old.client)).toBe(false)
      if (codeOf(rotation) === 'done')
        expect(await works(app.anonymous.with(rotation.data?.rotateKey.secret ?? ''))).toBe(false)
      else expect(codeOf(rotation)).toBe('CONFLICT')
      expect((await changesOf(old.id)).filter((type) => type === 'KEY_SUSPENDED')).toHaveLength(1)
    })
  })
})
