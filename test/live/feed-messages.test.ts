import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type AuditEvent, BY_SYSTEM, decodeEvent } from '../../src/audit/audit-event.ts'
import { hashOf } from '../../src/audit/hash-chain.ts'
import { GENESIS_HASH } from '../../src/audit-chain/hashed-event.ts'
import { newId } from '../../src/kernel/ids.ts'
import { FeedMessages } from '../../src/live/feed-messages.ts'
import { MAC_LENGTH, MasterKeys } from '../../src/tokens/master-keys.ts'
import { ManualClock } from '../support/manual-clock.ts'

const LARGEST = 256 * 1024
const sealOf = (keys: MasterKeys) => ({
  length: MAC_LENGTH,
  mac: (text: string) => keys.mac('feed-message', text),
  verify: (text: string, mac: string) => keys.verifyMac('feed-message', text, mac),
})
const eventOf = (sequence: number, text = ''): AuditEvent => {
  const event = {
    id: newId('event'),
    organizationId: newId('organization'),
    sequence,
    type: 'KEY_REVOKED' as const,
    occurredAt: new Date('2026-06-01T12:00:00.000Z'),
    ...BY_SYSTEM,
    targetId: null,
    targetName: null,
    storedDetails: { text },
    previousHash: GENESIS_HASH,
  }
  return decodeEvent({ ...event, hash: hashOf(event) })
}

describe('messages between instances', () => {
  const key = randomBytes(32)
  const setUp = () => {
    const clock = new ManualClock()
    const instance = () => new FeedMessages(sealOf(new MasterKeys([key])), clock)
    return { clock, sender: instance(), receiver: instance() }
  }

  it('arrive with all fields of their events, and not at their sender', () => {
    const { sender, receiver } = setUp()
    const events = [eventOf(1), eventOf(2, 'späte Schlüssel')]
    const [message = ''] = sender.pack(events)
    expect(sender.unpack(message)).toEqual([])
    expect(receiver.unpack(message)).toEqual(events)
  })

  it('are accepted if the receiver has the newest master key of the sender as another one', () => {
    const { clock, sender } = setUp()
    const events = [eventOf(1)]
    const later = new FeedMessages(sealOf(new MasterKeys([randomBytes(32), key])), clock)
    expect(later.unpack(sender.pack(events)[0] ?? '')).toEqual(events)
  })

  it.each<[string, (message: string) => string]>([
    ['one character of the events altered', (message) => message.replace('KEY_REVOKED', 'KEY_RESUMED')],
    ['one character of the MAC altered', (message) => `${message.slice(0, 20)}~${message.slice(21)}`],
    ['something behind it', (message) => `${message} `],
    ['its MAC cut off', (message) => message.slice(MAC_LENGTH)],
    ['nothing but its MAC', (message) => message.slice(0, MAC_LENGTH)],
    ['nothing', () => ''],
    ['no MAC but JSON', (message) => JSON.stringify({ from: 'x', events: [JSON.parse(message.slice(MAC_LENGTH))] })],
    ['a MAC of 43 characters that take more bytes', (message) => `${message.slice(0, 17)}${'é'.repeat(43)}{}`],
  ])('are rejected as forged with %s', (_what, alter) => {
    const { sender, receiver } = setUp()
    const [message = ''] = sender.pack([eventOf(1)])
    expect(receiver.unpack(alter(message))).toBe('forged')
    expect(receiver.unpack(message)).toHaveLength(1)
  })

  it('are rejected under another master key, and under the same one for another purpose', () => {
    const { clock, receiver } = setUp()
    const stranger = new FeedMessages(sealOf(new MasterKeys([randomBytes(32)])), clock)
    expect(receiver.unpack(stranger.pack([eventOf(1)])[0] ?? '')).toBe('forged')
    const keys = new MasterKeys([key])
    expect(receiver.unpack(`${keys.mac('checkpoint-key', '{}')}{}`)).toBe('forged')
  })

  it('are accepted once, in their order, and for a minute', () => {
    const { clock, sender, receiver } = setUp()
    const [first = ''] = sender.pack([eventOf(1)])
    const [second = ''] = sender.pack([eventOf(2)])
    expect(receiver.unpack(second)).toHaveLength(1)
    expect([receiver.unpack(second), receiver.unpack(first)]).toEqual(['replayed', 'replayed'])
    const [third = ''] = sender.pack([eventOf(3)])
    clock.advance(61)
    expect(receiver.unpack(third)).toBe('replayed')
    // What the receiver remembers of a sender may go once all that it sent is too old.
    const { sender: other } = setUp()
    receiver.unpack(other.pack([eventOf(1)])[0] ?? '')
    for (const old of [first, second, third]) expect(receiver.unpack(old)).toBe('replayed')
  })

  it('are split if they are too large, and omit an event that is too large itself', () => {
    const { sender, receiver } = setUp()
    const events = [
      ...Array.from({ length: 50 }, (_, index) => eventOf(index + 1, 'é'.repeat(10_000))),
      eventOf(51, 'x'.repeat(LARGEST)),
      eventOf(52),
    ]
    const messages = sender.pack(events)
    expect(messages.length).toBeGreaterThan(3)
    for (const message of messages) expect(Buffer.byteLength(message)).toBeLessThanOrEqual(LARGEST)
    expect(messages.flatMap((message): unknown => receiver.unpack(message))).toEqual(
      events.filter((event) => event.sequence !== 51),
    )
  })

  it('are not parsed if they are too large, authentic or not', () => {
    const { receiver } = setUp()
    expect(receiver.unpack('x'.repeat(LARGEST + 1))).toBe('too_large')
    expect(receiver.unpack('é'.repeat(LARGEST / 2 + 1))).toBe('too_large')
  })

  it('are malformed if they are authentic with other content', () => {
    const { receiver } = setUp()
    const keys = new MasterKeys([key])
    for (const text of ['', 'null', '[]', '{"from":1}', '{'])
      expect(receiver.unpack(keys.mac('feed-message', text) + text)).toBe('malformed')
  })
})
