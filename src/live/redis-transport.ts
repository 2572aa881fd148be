import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { FeedMessages, MessageFault } from './feed-messages.ts'
import type { FeedReceiver, FeedTransport } from './feed-transport.ts'
import { Heartbeat } from './heartbeat.ts'

export interface RedisTransportParts {
  /** Must not queue while it is disconnected: stale events are useless. */
  readonly publisher: Redis
  readonly subscriber: Redis
  readonly messages: FeedMessages
  /** Receives errors of Redis. The connections are retried indefinitely. */
  readonly onFault: (error: unknown) => void
  /** Receives the reason for each rejected message. */
  readonly onRejected: (fault: MessageFault) => void
}

const CHANNEL = 'keyturn:events'
/** With at most two unanswered beats, a silent Redis is noticed within 150 ms. */
const BEAT_INTERVAL_MS = 50
/** Number of unanswered beats, two seconds, after which both connections are opened again. */
const BEATS_BEFORE_RECONNECT = 40

/**
 * Carries events between instances by Redis Pub/Sub. Redis is not trusted: messages are authenticated, and the feed reads
 * the events of lost messages from the database within a second. A heartbeat over both connections detects a suspended or
 * unreachable Redis; the feed then reads the database at once.
 */
export class RedisTransport implements FeedTransport {
  private readonly publisher: Redis
  private readonly subscriber: Redis
  private readonly messages: FeedMessages
  private readonly onFault: (error: unknown) => void
  private readonly onRejected: (fault: MessageFault) => void
  private readonly heartbeatChannel = `keyturn:heartbeat:${randomUUID()}`
  private heartbeat: Heartbeat | null = null
  private beating: NodeJS.Timeout | null = null
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
    return this.isOpen && this.heartbeat?.alive === true
  }

  private get isOpen(): boolean {
    return this.subscribed && this.publisher.status === 'ready'
  }

  publish(events: readonly AuditEvent[]): void {
    for (const message of this.messages.pack(events)) this.publisher.publish(CHANNEL, message).catch(this.onFault)
  }

  async start(receiver: FeedReceiver): Promise<void> {
    const { onSilence, onResumed } = receiver
    const heartbeat = new Heartbeat({ send: (beat) => this.sendBeat(beat), onSilence, onResumed })
    this.heartbeat = heartbeat
    this.subscriber.on('message', (channel, text) => this.receive(channel, text, receiver, heartbeat))
    this.subscriber.on('close', () => {
      this.subscribed = false
    })
    // On each reconnect; messages that were sent meanwhile were missed.
    this.subscriber.on('ready', () => void this.subscribe(receiver, heartbeat))
    // Real time, because this waits for a socket.
    this.beating = setInterval(() => this.beat(heartbeat), BEAT_INTERVAL_MS).unref()
    // If Redis is unreachable, the service starts without it, and is not ready.
    await Promise.allSettled([this.subscriber.connect(), this.publisher.connect()])
  }

  async close(): Promise<void> {
    if (this.beating !== null) clearInterval(this.beating)
    this.subscriber.disconnect()
    this.publisher.disconnect()
  }

  private async subscribe({ onGap }: FeedReceiver, heartbeat: Heartbeat): Promise<void> {
    try {
      await this.subscriber.subscribe(CHANNEL, this.heartbeatChannel)
    } catch (error) {
      this.onFault(error)
      // A connection without a subscription delivers nothing: reconnect.
      this.subscriber.disconnect(true)
      return
    }
    heartbeat.begin()
    onGap()
    this.subscribed = true
  }

  private receive(channel: string, text: string, { onEvents }: FeedReceiver, heartbeat: Heartbeat): void {
    if (channel === this.heartbeatChannel) {
      heartbeat.receive(Number(text))
      return
    }
    const events = this.messages.unpack(text)
    if (typeof events === 'string') this.onRejected(events)
    else onEvents(events)
  }

  private beat(heartbeat: Heartbeat): void {
    if (!this.isOpen) return
    heartbeat.beat()
    if (heartbeat.unanswered < BEATS_BEFORE_RECONNECT) return
    heartbeat.begin()
    this.subscribed = false
    this.onFault(new Error('Redis has not answered for two seconds: connecting again.'))
    this.publisher.disconnect(true)
    this.subscriber.disconnect(true)
  }

  private sendBeat(beat: number): void {
    // The heartbeat notices that the beat is not returned.
    this.publisher.publish(this.heartbeatChannel, String(beat)).catch(() => undefined)
  }
}
