import { expect, it, vi } from 'vitest'
import { KeyEventsDocument } from '../../src/generated/graphql.ts'
import { boot } from '../support/boot.ts'
import { TRANSPORTS, untilLive, untilNothingIsLeft } from '../support/transports.ts'

const AT_ONCE = 50

it.each(TRANSPORTS.map((transport) => ({ ...transport, count: transport.name === 'WebSocket' ? 1_000 : 200 })))(
  'all $count subscribers of an organization by $name get an event, and leave nothing behind when they disconnect',
  async ({ open, count }) => {
    // In a test's environment each event stream is pinged three times a second.
    vi.stubEnv('NODE_ENV', 'production')
    const app = await boot({
      env: {
        KEYTURN_MAX_SOCKETS_PER_CREDENTIAL: '2000',
        KEYTURN_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: String(AT_ONCE),
      },
    })
    const { organizationId } = app
    try {
      const subscriptions = []
      while (subscriptions.length < count) {
        const opening = Array.from({ length: AT_ONCE }, () => open(app.owner, KeyEventsDocument, { organizationId }))
        subscriptions.push(...(await Promise.all(opening)))
        await untilLive(app, subscriptions.length)
      }
      const { id } = await app.apiKey()
      const heard = await Promise.all(subscriptions.map(({ results }) => results.take(30_000)))
      expect(heard.map(({ data }) => data?.keyEvents.targetId)).toEqual(Array(count).fill(id))
      app.owner.close()
      await untilNothingIsLeft(app)
    } finally {
      await app.close()
    }
  },
  120_000,
)
