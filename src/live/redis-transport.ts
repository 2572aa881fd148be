import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { type AuditEvent, decodeEvent, type EventRecord } from '../audit/audit-event.ts'
import type { FeedTransport } from './feed-transport.ts'

const CHANNEL = 'keyturn:events'
/** A message names its sender, who has delivered the events already. */
interface Message {
  readonly from: string
  readonly events: readonly (Omit<EventRecord, 'occurredAt'> & { readonly occurredAt: string })[]
}

/** Carries events between instances by Redis' publish and subscribe. What it loses, the feed reads from the database. */
export class RedisTransport implements FeedTransport {
  private readonly instance = randomUUID()
  private readonly publisher: Redis
  private readonly subscriber: Redis
  private readonly onFault: (error: unknown) => void
  private subscribed = false

  /**
   * @param publisher must not queue while it is disconnected: old news are of no use
   * @param onFault hears of what Redis says went wrong; it is tried again without end
   */
  constructor(publisher: Redis, subscriber: Redis, onFault: (error: unknown) => void) {
    this.publisher = publisher
    this.subscriber = subscriber
    this.onFault = onFault
    publisher.on('error', onFault)
    subscriber.on('error', onFault)
  }

  get connected(): boolean {
    return this.subscribed && this.publisher.status === 'ready'
  }

  publish(events: readonly AuditEvent[]): void {
    const message = JSON.stringify({ from: this.instance, events })
    this.publisher.publish(CHANNEL, message).catch(this.onFault)
  }

  async start(onEvents: (events: readonly AuditEvent[]) => void, onGap: () => void): Promise<void> {
    this.subscriber.on('message', (_channel, text) => {
      const { from, events }: Message = JSON.parse(text)
      if (from !== this.instance)
        onEvents(events.map((event) => decodeEvent({ ...event, occurredAt: new Date(event.occurredAt) })))
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
