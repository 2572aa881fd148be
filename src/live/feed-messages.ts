import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type AuditEvent, decodeEvent, type EventRecord } from '../audit/audit-event.ts'
import type { Clock } from '../kernel/clock.ts'

/** Authenticates messages between the instances of a deployment, which share a master key. */
export interface MessageSeal {
  mac(text: string): string
  verify(text: string, mac: string): boolean
  /** Length of every MAC. */
  readonly length: number
}

/** Why a message was rejected. */
export const MESSAGE_FAULTS = ['too_large', 'forged', 'malformed', 'replayed'] as const
export type MessageFault = (typeof MESSAGE_FAULTS)[number]

/** Larger messages are neither sent nor read; their events are read from the database. */
const MAX_MESSAGE_BYTES = 256 * 1024
/** Older messages are rejected as replays. Also bounds the difference between the clocks of instances. */
const FRESH_FOR_MS = 60_000
/** Largest number of senders that are tracked. Only authentic messages add one. */
const MAX_SENDERS = 1_000

const Message = z.object({
  from: z.string(),
  /** 1, 2, 3, ... of each sender. */
  number: z.number(),
  sentAt: z.number(),
  events: z.array(z.record(z.string(), z.unknown())),
})

type SentEvent = Omit<EventRecord, 'occurredAt'> & { readonly occurredAt: string }

/**
 * Messages that carry events over an untrusted channel: `<MAC><JSON>`. A message is accepted once, within a minute of its
 * sending, so that others who write to the channel can neither forge nor replay events.
 */
export class FeedMessages {
  private readonly seal: MessageSeal
  private readonly clock: Clock
  private readonly instance = randomUUID()
  private sent = 0
  private readonly senders = new Map<string, { readonly number: number; readonly sentAt: number }>()

  constructor(seal: MessageSeal, clock: Clock) {
    this.seal = seal
    this.clock = clock
  }

  /** Packs events into messages within the size limit. An event that exceeds the limit by itself is left out. */
  pack(events: readonly AuditEvent[]): string[] {
    if (events.length === 0) return []
    this.sent += 1
    const header = { from: this.instance, number: this.sent, sentAt: this.clock.now().getTime() }
    const records = events.map(({ details: _decoded, ...record }) => record)
    const text = JSON.stringify({ ...header, events: records })
    if (Buffer.byteLength(text) + this.seal.length <= MAX_MESSAGE_BYTES) return [this.seal.mac(text) + text]
    if (events.length === 1) return []
    const middle = Math.ceil(events.length / 2)
    return [...this.pack(events.slice(0, middle)), ...this.pack(events.slice(middle))]
  }

  /** The events of a message from another instance, or why it is rejected; no events for an own message. Never throws. */
  unpack(message: string): readonly AuditEvent[] | MessageFault {
    if (message.length > MAX_MESSAGE_BYTES || Buffer.byteLength(message) > MAX_MESSAGE_BYTES) return 'too_large'
    const text = message.slice(this.seal.length)
    // Nothing is parsed before the message is known to be authentic.
    if (!this.seal.verify(text, message.slice(0, this.seal.length))) return 'forged'
    const parsed = parse(text)
    if (parsed === null) return 'malformed'
    if (parsed.from === this.instance) return []
    // The MAC proves that an instance of this deployment created the events with `pack`.
    return this.isNew(parsed) ? (parsed.events as unknown as SentEvent[]).map(received) : 'replayed'
  }

  private isNew({ from, number, sentAt }: z.infer<typeof Message>): boolean {
    const now = this.clock.now().getTime()
    if (Math.abs(now - sentAt) > FRESH_FOR_MS) return false
    const last = this.senders.get(from)
    // One connection per sender keeps the order. The events of a late message are read from the database.
    if (last !== undefined && number <= last.number) return false
    this.senders.delete(from)
    for (const [sender, seen] of this.senders) {
      if (this.senders.size < MAX_SENDERS && now - seen.sentAt <= 2 * FRESH_FOR_MS) break
      this.senders.delete(sender)
    }
    this.senders.set(from, { number, sentAt })
    return true
  }
}

const received = (event: SentEvent): AuditEvent => decodeEvent({ ...event, occurredAt: new Date(event.occurredAt) })

const parse = (text: string): z.infer<typeof Message> | null => {
  try {
    return Message.safeParse(JSON.parse(text)).data ?? null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
