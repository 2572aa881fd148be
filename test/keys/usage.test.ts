import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { KeyUsageDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { UsageRecorder } from '../../src/keys/verification/usage-recorder.ts'
import { Database } from '../../src/persistence/database.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { headsOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PATIENCE } from '../support/patience.ts'

describe.each(ENGINES)('the last use of a key on %s', (engine) => {
  let app: TestApp
  const clock = new ManualClock()
  beforeAll(async () => {
    app = await boot({ engine, clock })
  })
  afterAll(() => app.close())

  const fail = (error: unknown) => expect.fail(String(error))
  const usageOf = async (id: string) => (await app.owner.run(KeyUsageDocument, { id })).key

  /** As the database has it: a recorder of its own writes past the cache of the service. */
  const stored = async (id: string) => {
    const [row] = await app.app.parts.sources.reading.query(
      `SELECT keys.last_used_at AS at, keys.last_used_from AS addresses, secret.id AS secret,
         secret.last_used_at AS "secretAt"
       FROM keys JOIN key_secrets secret ON secret.key_id = keys.id WHERE keys.id = '${id}'`,
    )
    return row
  }

  it('is written a second later, for all uses together, and a use itself writes nothing', async () => {
    const { id, client } = await app.apiKey()
    const before = await headsOf(app)
    for (let uses = 0; uses < 5; uses += 1) await client.run(ViewerDocument, {})
    expect(await usageOf(id)).toMatchObject({ lastUsedAt: null, lastUsedFrom: [], secrets: [{ lastUsedAt: null }] })
    const usedAt = clock.now().toISOString()
    clock.advance(1)
    await vi.waitFor(async () => expect((await usageOf(id))?.lastUsedAt).toBe(usedAt), PATIENCE)
    expect(await usageOf(id)).toMatchObject({ lastUsedFrom: ['127.0.0.1'], secrets: [{ lastUsedAt: usedAt }] })
    // A use is no change: the history does not grow by it.
    expect(await headsOf(app)).toEqual(before)
  })

  it('is not changed by a rejected request, or by another caller who reads the key', async () => {
    const { id, secret } = await app.apiKey({ allowedIps: ['192.0.2.1'] })
    await app.anonymous.with(secret).try(ViewerDocument, {})
    await app.app.parts.usage.flush()
    expect((await usageOf(id))?.lastUsedAt).toBeNull()
  })

  it('is written in several transactions where many keys were used, also with keys that are gone', async () => {
    const { id } = await app.apiKey()
    const database = new Database(app.app.parts.sources)
    let transactions = 0
    const write: typeof database.write = (work) => {
      transactions += 1
      return database.write(work)
    }
    const recorder = new UsageRecorder({ write }, clock, fail)
    for (let number = 0; number < 600; number += 1) recorder.record(`key_gone${number}`, `sec_gone${number}`, null)
    recorder.record(id, null, '192.0.2.7')
    await recorder.stop()
    expect(transactions).toBe(2)
    expect(await stored(id)).toMatchObject({
      at: clock.now().toISOString(),
      addresses: '["192.0.2.7"]',
      secretAt: null,
    })
  })

  it('is written with the next uses where it could not be written, each secret and address once', async () => {
    const { id } = await app.apiKey()
    const database = new Database(app.app.parts.sources)
    let isAway = true
    const write: typeof database.write = (work) =>
      isAway ? Promise.reject(new Error('The database is away.')) : database.write(work)
    const recorder = new UsageRecorder({ write }, clock, fail)
    recorder.record(id, (await stored(id)).secret, '192.0.2.1')
    const first = clock.now().toISOString()
    await expect(recorder.flush()).rejects.toThrow('away')
    clock.advance(0.5)
    recorder.record(id, null, '192.0.2.2')
    isAway = false
    await recorder.stop()
    expect(await stored(id)).toMatchObject({
      at: clock.now().toISOString(),
      addresses: '["192.0.2.2","192.0.2.1"]',
      secretAt: first,
    })
  })

  it('is written when the service stops right after it', async () => {
    const { id, client } = await app.apiKey()
    await client.run(ViewerDocument, {})
    const { secret } = await app.person('Ann', [{ module: 'keys', role: 'MANAGER' }])
    await app.stop()
    app = await boot({ engine, clock, database: app.database })
    const { key } = await app.anonymous.with(secret).run(KeyUsageDocument, { id })
    expect(key?.lastUsedAt).toBe(clock.now().toISOString())
  })
})
