import type { Redis } from 'ioredis'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { FeedMessages, MessageFault } from './feed-messages.ts'
import type { FeedTransport } from './feed-transport.ts'

export interface RedisTransportParts {
  /** Must not queue while it is disconnected: stale events are useless. */
  readonly publisher: Redis
  readonly subscriber: Redis
  readonly messages: FeedMessages
  /** Receives errors of Redis; it is tried again without end. */
  readonly onFault: (error: unknown) => void
  /** Receives the reason for each message that was not accepted. */
  readonly onRejected: (fault: MessageFault) => void
}

const CHANNEL = 'keyturn:events'

/**
 * Carries events between instances by Redis' publish and subscribe. Redis is not trusted: messages are authenticated. What
 * it loses or withholds, the feed reads from the database within a second.
 */
export class RedisTransport implements FeedTransport {
  private readonly publisher: Redis
  private readonly subscriber: Redis
  private readonly messages: FeedMessages
  private readonly onFault: (error: unknown) => void
  private readonly onRejected: (fault: MessageFault) => void
  private subscribed = false

  constructor({ publisher, subscriber, messages, onFault, onRejected }: RedisTransportParts) {
    this.publisher = publisher
    this.subscriber = subscriber
    this.messages = messages
    this.onFault = onFault
    this.onRejected = onRejected
    publisher.on('error', onFault)
    subscriber.on('error', onFault)
  }

  get connected(): boolean {
    return this.subscribed && this.publisher.status === 'ready'
  }

  publish(events: readonly AuditEvent[]): void {
    for (const message of this.messages.pack(events)) this.publisher.publish(CHANNEL, message).catch(this.onFault)
  }

  async start(onEvents: (events: readonly AuditEvent[]) => void, onGap: () => void): Promise<void> {
    this.subscriber.on('message', (_channel, text) => {
      const events = this.messages.unpack(text)
      if (typeof events === 'string') this.onRejected(events)
      else onEvents(events)
    })
    this.subscriber.on('close', () => {
      this.subscribed = false
    })
    // ioredis subscribes again by itself; whatever was said meanwhile was missed.
    this.subscriber.on('ready', () => {
      this.subscriber
        .subscribe(CHANNEL)
        .then(() => {
          onGap()
          this.subscribed = true
        })
        .catch(this.onFault)
    })
    // Where Redis does not answer yet, the service starts without it, and says so to whoever asks whether it is ready.
    await Promise.allSettled([this.subscriber.connect(), this.publisher.connect()])
  }

  async close(): Promise<void> {
    this.subscriber.disconnect()
    this.publisher.disconnect()
  }
}
