import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { KeyUsageDocument, ViewerDocument } from '../../src/generated/graphql.ts'
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

  const usageOf = async (id: string) => (await app.owner.run(KeyUsageDocument, { id })).key

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
