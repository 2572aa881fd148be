import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, it, vi } from 'vitest'
import { AuditVerificationDocument } from '../../src/generated/graphql.ts'
import { DAY } from '../../src/kernel/duration.ts'
import { AuditCheckpointEntity } from '../../src/tokens/checkpoint.entity.ts'
import { SigningKeyEntity } from '../../src/tokens/signing-key.entity.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PATIENCE } from '../support/patience.ts'
import { tamperWith, victimOf } from '../support/tampering.ts'

const fetchKeys = async (app: TestApp): Promise<JSONWebKeySet> =>
  (await (await fetch(`${app.url}/.well-known/keyturn/checkpoint-keys`)).json()) as JSONWebKeySet
const intact = async (app: TestApp, ownerSecret: string, organizationId: string) => {
  const owner = app.anonymous.with(ownerSecret)
  const { organization } = await owner.run(AuditVerificationDocument, { organizationId })
  return organization?.auditVerification?.intact
}

describe.each(ENGINES)('the keys that verify checkpoints on %s', (engine) => {
  it.each(['ES256', 'EdDSA', 'RS256'])(
    'are public permanently: a checkpoint signed with %s verifies long after its signing key is deleted',
    async (algorithm) => {
      const clock = new ManualClock()
      const app = await boot({ engine, clock, env: { KEYTURN_TOKEN_ALGORITHM: algorithm } })
      const { id } = await victimOf(app, ['one'])
      await app.app.parts.services.checkpoints.store(id)
      const manager = app.app.parts.sources.reading.manager
      const [checkpoint] = await manager.findBy(AuditCheckpointEntity, { organizationId: id })
      const kid = checkpoint?.kid ?? ''
      await app.app.parts.signingKeys.rotate()
      await vi.waitFor(async () => {
        clock.advance(DAY + 300)
        expect(await manager.findBy(SigningKeyEntity, { id: kid })).toEqual([])
      }, PATIENCE)
      const keys = await fetchKeys(app)
      expect(keys.keys).toHaveLength(2)
      for (const key of keys.keys) expect(Object.keys(key)).not.toContain('d')
      const { payload } = await jwtVerify(checkpoint?.signature ?? '', createLocalJWKSet(keys), {
        currentDate: clock.now(),
      })
      expect(payload).toMatchObject({ organization: id, sequence: 3 })
      expect(await intact(app, app.ownerSecret, id)).toBe(true)
      await app.close()
    },
  )

  it('are stored for earlier signing keys, and endorsed again with a new master key', async () => {
    const [old, fresh] = ['A', 'B'].map((letter) => letter.repeat(43))
    const first = await boot({ engine, env: { KEYTURN_MASTER_KEY: old ?? '' } })
    const { database, ownerSecret } = first
    const { id } = await victimOf(first, ['one'])
    await first.app.parts.services.checkpoints.store(id)
    const before = await fetchKeys(first)
    await first.stop()
    await tamperWith(database, ['DELETE FROM checkpoint_keys'])
    for (const masterKey of [`${fresh},${old}`, fresh ?? '']) {
      const later = await boot({ database, env: { KEYTURN_MASTER_KEY: masterKey } })
      expect(await fetchKeys(later)).toEqual(before)
      expect(await intact(later, ownerSecret, id)).toBe(true)
      await later.stop()
    }
    await database.remove()
  })

  it('are public and may be cached', async () => {
    const app = await boot({ engine })
    const response = await fetch(`${app.url}/.well-known/keyturn/checkpoint-keys`)
    expect(response.headers.get('cache-control')).toMatch(/^public, max-age=300\b/)
    const refused = await fetch(response.url, { method: 'POST', body: '{}' })
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET'])
    await app.close()
  })
})
