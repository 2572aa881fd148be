import type { Clock } from '../kernel/clock.ts'
import { FeedMessages, type MessageFault, type MessageSeal } from './feed-messages.ts'
import { type FeedTransport, inProcessTransport } from './feed-transport.ts'
import type { RedisConnection } from './redis-connection.ts'
import { RedisTransport } from './redis-transport.ts'

export interface TransportParts {
  /** Null if there is a single instance. */
  readonly redis: RedisConnection | null
  readonly clock: Clock
  /** Authenticates the messages between instances: Redis is not trusted. */
  readonly seal: MessageSeal
  readonly onFault: (error: unknown) => void
  readonly onRejected: (fault: MessageFault) => void
}

/** Creates the transport that carries committed events to the other instances. */
export const createTransport = ({ redis, clock, seal, onFault, onRejected }: TransportParts): FeedTransport =>
  redis === null
    ? inProcessTransport
    : new RedisTransport({ ...redis, messages: new FeedMessages(seal, clock), onFault, onRejected })
