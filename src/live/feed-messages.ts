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

/** Why a message was not accepted. */
export type MessageFault = 'too_large' | 'forged' | 'malformed' | 'replayed'

/** Larger messages are neither sent nor read; the events in them are read from the database. */
const LARGEST_MESSAGE_BYTES = 256 * 1024
/** Older messages are replays, or come from a clock that is wrong. */
const FRESH_FOR_MS = 60_000
/** Senders with fresh messages. Only authentic messages name one. */
const MOST_SENDERS = 1_000

const Message = z.object({
  from: z.string(),
  /** 1, 2, 3, ... of each sender. */
  number: z.number(),
  sentAt: z.number(),
  events: z.array(z.record(z.string(), z.unknown())),
})

type SentEvent = Omit<EventRecord, 'occurredAt'> & { readonly occurredAt: string }

/**
 * Messages that carry events over a channel that anybody may write to: `<MAC><JSON>`. A message is accepted once, from
 * its time of sending for a minute. So whoever writes to the channel can neither forge nor repeat events.
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

  /** The events as messages, none of them too large. An event that is too large by itself is left out. */
  pack(events: readonly AuditEvent[]): string[] {
    if (events.length === 0) return []
    this.sent += 1
    const header = { from: this.instance, number: this.sent, sentAt: this.clock.now().getTime() }
    const records = events.map(({ details: _decoded, ...record }) => record)
    const text = JSON.stringify({ ...header, events: records })
    if (Buffer.byteLength(text) + this.seal.length <= LARGEST_MESSAGE_BYTES) return [this.seal.mac(text) + text]
    if (events.length === 1) return []
    const middle = Math.ceil(events.length / 2)
    return [...this.pack(events.slice(0, middle)), ...this.pack(events.slice(middle))]
  }

  /** The events of a message from another instance; none of an own message. Never throws. */
  unpack(message: string): readonly AuditEvent[] | MessageFault {
    if (message.length > LARGEST_MESSAGE_BYTES || Buffer.byteLength(message) > LARGEST_MESSAGE_BYTES) return 'too_large'
    const text = message.slice(this.seal.length)
    // Nothing of a message is parsed before it is known to be ours.
    if (!this.seal.verify(text, message.slice(0, this.seal.length))) return 'forged'
    const parsed = parse(text)
    if (parsed === null) return 'malformed'
    if (parsed.from === this.instance) return []
    // The seal proves that an instance of this deployment made the events with `pack`.
    return this.isNew(parsed) ? (parsed.events as unknown as SentEvent[]).map(received) : 'replayed'
  }

  private isNew({ from, number, sentAt }: z.infer<typeof Message>): boolean {
    const now = this.clock.now().getTime()
    if (Math.abs(now - sentAt) > FRESH_FOR_MS) return false
    const last = this.senders.get(from)
    // One connection of a sender keeps the order; what is overtaken all the same is read from the database.
    if (last !== undefined && number <= last.number) return false
    this.senders.delete(from)
    for (const [sender, seen] of this.senders) {
      if (this.senders.size < MOST_SENDERS && now - seen.sentAt <= 2 * FRESH_FOR_MS) break
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
