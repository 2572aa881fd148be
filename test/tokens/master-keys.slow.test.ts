import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/config.ts'
import { MasterKeys, WrongMasterKey } from '../../src/tokens/master-keys.ts'
import { SigningKeyEntity } from '../../src/tokens/signing-key.entity.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ENGINES, ON_POSTGRES, ON_SQLITE, type TestDatabase } from '../support/engines.ts'
import { exchanged, introspect } from '../support/tokens.ts'

const newKey = () => randomBytes(32)
const listed = (...keys: Buffer[]) => keys.map((key) => key.toString('base64url')).join(',')

const encryptedParts = async (app: TestApp): Promise<string[]> =>
  (await app.app.parts.sources.reading.manager.find(SigningKeyEntity)).map(({ privateJwe }) => privateJwe)

const decryptedBy = async (key: Buffer, parts: readonly string[]): Promise<number> => {
  const keys = new MasterKeys([key])
  const read = await Promise.allSettled(parts.map((part) => keys.decrypt(part)))
  return read.filter(({ status }) => status === 'fulfilled').length
}

describe.each(ENGINES)('master keys on %s', (engine) => {
  it('can be changed by adding the new one first, restarting, and removing the old one; tokens stay valid', async () => {
    const [old, fresh] = [newKey(), newKey()]
    const first = await boot({ engine, env: { KEYTURN_MASTER_KEY: listed(old) } })
    const { database, ownerSecret } = first
    const env = { KEYTURN_PORT: new URL(first.url).port }
    await first.app.parts.signingKeys.rotate()
    const token = await exchanged(first, ownerSecret)
    expect(await decryptedBy(old, await encryptedParts(first))).toBe(3)
    await first.stop()

    const second = await boot({ database, env: { ...env, KEYTURN_MASTER_KEY: listed(fresh, old) } })
    expect(await introspect(second, token, { bearer: ownerSecret })).toMatchObject({ active: true })
    const parts = await encryptedParts(second)
    expect([await decryptedBy(fresh, parts), await decryptedBy(old, parts)]).toEqual([3, 0])
    await second.stop()

    const third = await boot({ database, env: { ...env, KEYTURN_MASTER_KEY: listed(fresh) } })
    expect(await introspect(third, token, { bearer: ownerSecret })).toMatchObject({ active: true })
    expect(await introspect(third, await exchanged(third, ownerSecret), { bearer: ownerSecret })).toMatchObject({
      active: true,
    })
    await third.close()
  })

  it('that do not match the database stop the start, name the setting, and change nothing', async () => {
    const right = newKey()
    const first = await boot({ engine, env: { KEYTURN_MASTER_KEY: listed(right) } })
    const { database } = first
    await first.stop()
    const start = boot({ database, env: { KEYTURN_MASTER_KEY: listed(newKey(), newKey()) } })
    await expect(start).rejects.toThrow(ConfigError)
    await expect(start).rejects.toThrow(/KEYTURN_MASTER_KEY: .*the key that encrypted the database/)
    const again = await boot({ database, env: { KEYTURN_MASTER_KEY: listed(right) } })
    expect(await decryptedBy(right, await encryptedParts(again))).toBe(2)
    await again.close()
  })
})

describe.each(ON_POSTGRES)('master keys of several instances', () => {
  it('can be changed one instance after the other, once each has the new one behind the old', async () => {
    const [old, fresh] = [newKey(), newKey()]
    const named = { KEYTURN_PUBLIC_URL: 'https://keyturn.example' }
    const start = (database: TestDatabase | null, ...keys: Buffer[]) =>
      boot({
        engine: 'postgres',
        ...(database === null ? {} : { database }),
        env: { ...named, KEYTURN_MASTER_KEY: listed(...keys) },
      })
    const first = await start(null, old, fresh)
    const asking = { bearer: first.ownerSecret }
    const second = await start(first.database, fresh, old)
    expect(await decryptedBy(fresh, await encryptedParts(second))).toBe(2)
    for (const turning of [second, first]) {
      await turning.app.parts.signingKeys.rotate()
      for (const [maker, other] of [
        [first, second],
        [second, first],
      ] as const)
        expect(await introspect(other, await exchanged(maker, first.ownerSecret), asking)).toMatchObject({
          active: true,
        })
    }
    await second.stop()
    await first.close()
  })
})

describe.each(ON_SQLITE)('a master key', () => {
  it('is created in the data directory if none is given, readable by its owner only', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'keyturn-test-'))
    const env = { KEYTURN_DATA_DIR: directory, KEYTURN_MASTER_KEY: '', KEYTURN_DATABASE_URL: '' }
    const first = await boot({ env })
    const token = await exchanged(first, first.ownerSecret)
    await first.close()
    expect(statSync(join(directory, 'master.key')).mode & 0o777).toBe(0o600)
    const second = await boot({ env: { ...env, KEYTURN_PORT: new URL(first.url).port } })
    expect(await introspect(second, token, { bearer: first.ownerSecret })).toMatchObject({ active: true })
    await second.close()
    rmSync(directory, { recursive: true })
  })

  it('decrypts what it encrypted, and nothing that was modified', async () => {
    const key = newKey()
    const encrypted = await new MasterKeys([key]).encrypt('secret')
    expect(await new MasterKeys([newKey(), key]).decrypt(encrypted)).toBe('secret')
    await expect(new MasterKeys([newKey()]).decrypt(encrypted)).rejects.toThrow(WrongMasterKey)
    const parts = encrypted.split('.')
    const altered = [...parts.slice(0, 3), Buffer.from('forged').toString('base64url'), parts[4]].join('.')
    await expect(new MasterKeys([key]).decrypt(altered)).rejects.toThrow()
  })
})
