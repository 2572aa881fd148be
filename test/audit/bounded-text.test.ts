import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BY_SYSTEM } from '../../src/audit/audit-event.ts'
import { boundedCause, boundedDraft, boundedText, MAX_TEXT_BYTES } from '../../src/audit/bounded-text.ts'
import { accessDenied } from '../../src/audit/events/access-events.ts'

describe('a text in an event', () => {
  it.each(['', 'short', 'x'.repeat(MAX_TEXT_BYTES), 'é'.repeat(128)])(
    'is stored completely up to 256 bytes',
    (text) => {
      expect(boundedText(text)).toBe(text)
    },
  )

  it('is truncated beyond, and states the number of omitted bytes', () => {
    expect(boundedText('x'.repeat(1_000))).toBe(`${'x'.repeat(224)}…[776 more bytes]`)
  })

  it('is never longer than 256 bytes, and never cut within a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 80, maxLength: 2_000 }), (text) => {
        const bounded = boundedText(text)
        expect(Buffer.byteLength(bounded)).toBeLessThanOrEqual(MAX_TEXT_BYTES)
        expect(bounded.isWellFormed()).toBe(true)
        if (bounded !== text) expect(text.startsWith(bounded.slice(0, bounded.lastIndexOf('…[')))).toBe(true)
      }),
    )
  })

  const long = 'y'.repeat(300)
  const cut = `${'y'.repeat(224)}…[76 more bytes]`

  it('is bounded in every field: request, user agent, names and details at any depth', () => {
    const actor = { kind: 'USER' as const, id: 'usr_1', name: long }
    expect(boundedCause({ ...BY_SYSTEM, actor, requestId: long, userAgent: long })).toEqual({
      ...BY_SYSTEM,
      actor: { ...actor, name: cut },
      requestId: cut,
      userAgent: cut,
    })
    const draft = {
      type: 'KEY_UPDATED' as const,
      target: { id: 'key_1', name: long },
      details: { kind: 'API_KEY' as const, changes: { name: [long, 'short', 1, null, true] } },
    }
    expect(boundedDraft(draft)).toEqual({
      type: 'KEY_UPDATED',
      target: { id: 'key_1', name: cut },
      details: { kind: 'API_KEY', changes: { name: [cut, 'short', 1, null, true] } },
    })
  })

  it('is limited to the first eight items in a list of a denial, while other events keep their lists', () => {
    const required = Array.from({ length: 100 }, (_, number) => `m${number}:viewer`)
    const refused = boundedDraft(accessDenied({ reason: 'exchange', required }))
    expect(refused.details.required).toEqual([...required.slice(0, 8), '…[92 more]'])
    const details = { userId: 'usr_1', grants: required }
    expect(boundedDraft({ type: 'MEMBER_JOINED', target: null, details }).details).toEqual(details)
  })
})
