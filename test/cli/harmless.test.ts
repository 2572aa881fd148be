import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { harmless, harmlessJson } from '../../src/cli/terminal/harmless.ts'

const DANGEROUS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u

describe('untrusted text on a terminal', () => {
  it.each([
    ['an ANSI escape', '\u001b[31mred', '\\u{1b}[31mred'],
    ['a one-byte escape', '\u009b2J', '\\u{9b}2J'],
    ['a hyperlink', '\u001b]8;;http://x\u0007a', '\\u{1b}]8;;http://x\\u{7}a'],
    ['a change of direction', 'a\u202Eb\u2066c', 'a\\u{202e}b\\u{2066}c'],
    ['an invisible mark', 'ad\u200bmin', 'ad\\u{200b}min'],
    ['a line feed', 'a\nb\r\nc\td', 'a b c d'],
    ['a separator of lines', 'a\u2028b', 'a\\u{2028}b'],
    ['half a character', 'a\ud800', 'a\\u{d800}'],
    ['a tower of marks', `a${'\u0301'.repeat(40)}b`, `a${'\u0301'.repeat(4)}b`],
  ])('shows %s as its code point', (_, text, shown) => {
    expect(harmless(text)).toBe(shown)
  })

  it('has no dangerous characters left, and keeps ordinary text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(harmless(text)).not.toMatch(DANGEROUS)
      }),
    )
    expect(harmless('Zoë’s 鍵 👍 50 % — ok')).toBe('Zoë’s 鍵 👍 50 % — ok')
  })

  it('is unchanged in JSON, without control characters or marks', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const json = harmlessJson({ value, text })
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })))
        expect(json).not.toMatch(DANGEROUS)
      }),
    )
  })
})
