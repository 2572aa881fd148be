import { afterEach, describe, expect, it } from 'vitest'
import { CreateApiKeyDocument } from '../../src/generated/graphql.ts'
import { ENGINES, ON_POSTGRES } from '../support/engines.ts'
import { bootSwept, historyOf, type SweptApp, sweepAll, warningsOf } from '../support/sweeping.ts'

const HOUR = 3_600

describe.each(ENGINES)('warnings across restarts, on %s', (engine) => {
  let app: SweptApp
  afterEach(() => app.close())

  const restart = async (downtime: number) => {
    const { clock, database } = app
    await app.stop()
    clock.advance(downtime)
    app = await bootSwept({ database }, clock)
    await sweepAll(app)
  }
  const thresholds = async (id: string) => (await warningsOf(app, id)).map((warning) => warning.threshold)

  it('a warning from before a restart is not repeated after it', async () => {
    app = await bootSwept({ engine })
    const { id } = await app.apiKey({ expiresIn: 'PT10H', warnBefore: ['PT3H', 'PT1H'] })
    await app.pass(7 * HOUR)
    await restart(60)
    expect(await thresholds(id)).toEqual([3 * HOUR])
    await app.pass(2 * HOUR)
    await restart(HOUR)
    expect(await thresholds(id)).toEqual([3 * HOUR, HOUR])
    expect((await historyOf(app, id)).map((event) => event.type)).toEqual([
      'KEY_CREATED',
      'KEY_EXPIRY_WARNING',
      'KEY_EXPIRY_WARNING',
      'KEY_EXPIRED',
    ])
  })

  it('the start after a downtime writes one warning, for the most urgent threshold', async () => {
    app = await bootSwept({ engine })
    const { id } = await app.apiKey({ expiresIn: 'PT10H', warnBefore: ['PT5H', 'PT4H', 'PT3H', 'PT1H'] })
    await restart(8 * HOUR)
    expect(await thresholds(id)).toEqual([3 * HOUR])
    expect(await historyOf(app, id, 'KEY_EXPIRY_WARNING')).toHaveLength(1)
    await app.pass(HOUR)
    expect(await thresholds(id)).toEqual([3 * HOUR, HOUR])
  })
})

describe.each(ON_POSTGRES)('two instances with one database', () => {
  const KEYS = 500

  it('write each warning and each expiry once', async () => {
    const one = await bootSwept({ engine: 'postgres' })
    const other = await bootSwept({ database: one.database }, one.clock)
    try {
      const input = { organizationId: one.organizationId, grants: [], expiresIn: 'PT10H', warnBefore: ['PT1H'] }
      const ids: string[] = []
      for (let made = 0; made < KEYS; made += 50)
        await Promise.all(
          Array.from({ length: 50 }, async (_, index) => {
            const name = `key ${made + index}`
            const { createApiKey } = await one.owner.run(CreateApiKeyDocument, { input: { ...input, name } })
            ids.push(createApiKey.apiKey.id)
          }),
        )
      for (const hours of [9, 1]) {
        one.clock.advance(hours * HOUR)
        await Promise.all([one, other, one, other].map(sweepAll))
      }
      const rows = await one.app.parts.services.database.read((reader) =>
        reader.query<{ target_id: string; type: string; times: string }>(
          `SELECT target_id, type, COUNT(*) AS times FROM audit_events
           WHERE type IN ('KEY_EXPIRY_WARNING', 'KEY_EXPIRED') GROUP BY target_id, type`,
        ),
      )
      for (const type of ['KEY_EXPIRY_WARNING', 'KEY_EXPIRED']) {
        const found = rows.filter((row) => row.type === type)
        expect(found.map((row) => row.target_id).sort()).toEqual([...ids].sort())
        expect(found.filter((row) => Number(row.times) !== 1)).toEqual([])
      }
      const warnings = await one.app.parts.services.database.read((reader) =>
        reader.query<{ key_id: string }>(
          `SELECT w.key_id FROM expiry_warnings w JOIN audit_events e
             ON e.organization_id = w.organization_id AND e.sequence = w.sequence AND e.target_id = w.key_id`,
        ),
      )
      expect(warnings.map((row) => row.key_id).sort()).toEqual([...ids].sort())
      expect([...one.logged, ...other.logged].filter((line) => line.includes('A sweep'))).toEqual([])
    } finally {
      await other.stop()
      await one.close()
    }
  }, 90_000)
})
