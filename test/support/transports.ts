import { expect, vi } from 'vitest'
import type { TypedDocumentString } from '../../src/generated/graphql.ts'
import type { TestApp } from './boot.ts'
import type { Subscription, TestClient } from './client.ts'

/** A way to listen: the same subscriptions, by either protocol. */
export interface Transport {
  readonly name: string
  readonly open: <Data, Variables extends Record<string, unknown>>(
    client: TestClient,
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ) => Promise<Subscription<Data>>
}

export const TRANSPORTS: readonly Transport[] = [
  { name: 'WebSocket', open: (client, document, variables) => client.subscribe(document, variables) },
  {
    name: 'server-sent events',
    open: async (client, document, variables) => client.subscribeByEvents(document, variables),
  },
]

/** Resolves when so many subscriptions are live on the server: what is committed from then on reaches all of them. */
export const untilLive = (app: TestApp, count: number): Promise<void> =>
  vi.waitFor(() => expect(app.app.parts.live.size).toBe(count), { timeout: 10_000, interval: 10 })

/** Resolves when the server holds nothing any more of any subscription. */
export const untilNothingIsLeft = (app: TestApp): Promise<void> =>
  vi.waitFor(
    () => {
      const { live, feed } = app.app.parts
      expect([live.size, feed.size, feed.followedOrganizations]).toEqual([0, 0, 0])
    },
    { timeout: 10_000, interval: 10 },
  )
