import { Redis } from 'ioredis'

const COMMAND_TIMEOUT_MS = 1_000
const MAX_RECONNECT_DELAY_MS = 500
const DISCONNECT_TIMEOUT_MS = 100

/** Redis needs separate connections for publishing and for subscribing. */
export interface RedisConnection {
  readonly publisher: Redis
  readonly subscriber: Redis
}

/** Creates the connections without connecting. They reconnect indefinitely; while disconnected, commands fail. */
export const openRedis = (url: string): RedisConnection => {
  const options = {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    // Without a timeout, a connection that drops all packets is noticed only after many minutes.
    commandTimeout: COMMAND_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    retryStrategy: (attempt: number) => Math.min(attempt * 50, MAX_RECONNECT_DELAY_MS),
  }
  return {
    publisher: new Redis(url, options),
    subscriber: new Redis(url, { ...options, autoResubscribe: false }),
  }
}
