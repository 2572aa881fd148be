import { describe, expect, it } from 'vitest'
import {
  RevokeKeyDocument,
  RevokeKeysDocument,
  RotateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { typesOf } from '../support/history.ts'
import { codeOf } from '../support/people.ts'

/** Each race is run so many times: which one wins is for chance to decide. */
const ROUNDS = 6
const KEYS = 5

describe.each(ENGINES)('revoking many keys during other changes on %s', (engine) => {
  let round = 0
  const app = useApp({ engine })

  const makeKeys = async () => {
    round += 1
    const prefix = `round ${round}:`
    const keys = await Promise.all(
      Array.from({ length: KEYS }, (_, index) => app.apiKey({ name: `${prefix} ${index}` })),
    )
    return { prefix, keys }
  }
  const revokeAll = (search: string, expectedCount = KEYS) =>
    app.owner.try(RevokeKeysDocument, {
      input: { organizationId: app.organizationId, filter: { search }, expectedCount },
    })
  const works = async (client: TestApp['owner']) => (await client.try(ViewerDocument, {})).errors === undefined
  const changesOf = async (id: string) => (await typesOf(app, id)).filter((type) => type.startsWith('KEY_')).slice(1)

  it('happens once for two concurrent requests: the other one gets an error', async () => {
    for (let time = 0; time < ROUNDS; time += 1) {
      const { prefix, keys } = await makeKeys()
      const results = await Promise.all([revokeAll(prefix), revokeAll(prefix), revokeAll(prefix)])
      expect(results.map(codeOf).sort()).toEqual(['CONFLICT', 'CONFLICT', 'done'])
      for (const { id, client } of keys) {
        expect(await changesOf(id)).toEqual(['KEY_REVOKED'])
        expect(await works(client)).toBe(false)
      }
    }
  })

  it('revokes all or none if one of them is revoked separately', async () => {
    for (let time = 0; time < ROUNDS; time += 1) {
      const { prefix, keys } = await makeKeys()
      const [one] = keys
      const single = () => app.owner.try(RevokeKeyDocument, { input: { id: one?.id ?? '' } })
      const first = time % 2 === 0
      const results = await Promise.all(first ? [single(), revokeAll(prefix)] : [revokeAll(prefix), single()])
      const [ofOne, ofAll] = (first ? results : [...results].reverse()).map(codeOf)
      expect([ofOne, ofAll].sort()).toEqual(['CONFLICT', 'done'])
      expect(await changesOf(one?.id ?? '')).toEqual(['KEY_REVOKED'])
      for (const { id, client } of keys.slice(1)) {
        expect(await changesOf(id)).toEqual(ofAll === 'done' ? ['KEY_REVOKED'] : [])
        expect(await works(client)).toBe(ofAll !== 'done')
      }
    }
  })

  it('leaves no secret of a rotation in progress', async () => {
    for (let time = 0; time < ROUNDS; time += 1) {
      const { prefix, keys } = await makeKeys()
      const rotate = (id: string) => app.owner.try(RotateKeyDocument, { input: { id } })
      const [bulk, ...rotations] = await Promise.all([revokeAll(prefix), ...keys.map(({ id }) => rotate(id))])
      expect(codeOf(bulk ?? {})).toBe('done')
      for (const [index, { id, client }] of keys.entries()) {
        const rotation = (rotations as Awaited<ReturnType<typeof rotate>>[])[index]
        const code = codeOf(rotation ?? {})
        expect(['done', 'CONFLICT']).toContain(code)
        expect(await changesOf(id)).toEqual(code === 'done' ? ['KEY_ROTATED', 'KEY_REVOKED'] : ['KEY_REVOKED'])
        for (const one of [client, app.anonymous.with(rotation?.data?.rotateKey.secret ?? client.credential)])
          expect(await works(one)).toBe(false)
      }
    }
  })
})
