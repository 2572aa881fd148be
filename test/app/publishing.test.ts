import { describe, expect, it } from 'vitest'
import { ViewerDocument } from '../../src/generated/graphql.ts'
import { boot } from '../support/boot.ts'
import { REDIS_URL, redisRuns } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'

/** What the service logs where Redis refuses to carry something. */
const FAULT = 'Redis failed'

describe.skipIf(!redisRuns)('the transport between instances', () => {
  it('runs before the first start appends events, and until the last denials are written', async () => {
    const app = await boot({ env: { KEYTURN_REDIS_URL: REDIS_URL }, clock: new ManualClock() })
    try {
      const key = await app.apiKey({ allowedIps: ['192.0.2.1'] })
      // The first refusal is written at once, the second when the service stops.
      for (let count = 0; count < 2; count += 1) await key.client.fail(ViewerDocument, {})
    } finally {
      await app.close()
    }
    expect(app.logged.filter((line) => line.includes(FAULT))).toEqual([])
  })
})
