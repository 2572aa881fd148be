import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, type JsonValue } from '../../src/audit-chain/canonical-json.ts'

const fromBits = (hex: string): number => Buffer.from(hex, 'hex').readDoubleBE()

const byCodeUnits = (left: string, right: string): number => {
  for (let at = 0; at < Math.min(left.length, right.length); at += 1)
    if (left.charCodeAt(at) !== right.charCodeAt(at)) return left.charCodeAt(at) - right.charCodeAt(at)
  return left.length - right.length
}

/** The names of an object's text in the order they are written in: what JSON.parse alone would not tell. */
const namesInText = (text: string): string[] =>
  [...text.matchAll(/("(?:[^"\\]|\\.)*"):/g)].map(([, name]) => JSON.parse(`${name}`))

const shuffled = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, member]) => [name, shuffled(member)] as const)
  return Object.fromEntries(entries.reverse())
}

/** Where orders by code unit, by code point and by language differ, and what must be escaped. */
const AWKWARD = fc.constantFrom('a', 'Z', 'ä', '1', '10', '\u0080', '€', '\ufb33', '😀', '"', '\\', '\n')

describe('canonical JSON (RFC 8785)', () => {
  it('matches the sample of section 3.2.2', () => {
    const sample = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`)
    expect(canonicalJson(sample)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  it('orders names by UTF-16 code units, as section 3.2.3 shows, not by code points or by a language', () => {
    const sample = JSON.parse(String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
    }`)
    expect(namesInText(canonicalJson(sample))).toEqual(['\r', '1', '\u0080', 'ö', '€', '😀', '\ufb33'])
  })

  it('orders names that look like numbers as text', () => {
    expect(canonicalJson({ 10: 'b', 9: 'c', 1: 'a' })).toBe('{"1":"a","10":"b","9":"c"}')
  })

  it('orders names at every depth, and keeps the order of arrays', () => {
    expect(canonicalJson([{ b: [{ d: 1, c: 2 }], a: {} }, [], 'z', 'a'])).toBe(
      '[{"a":{},"b":[{"c":2,"d":1}]},[],"z","a"]',
    )
  })

  it('keeps a member that is named like a prototype', () => {
    expect(canonicalJson(JSON.parse('{"constructor":1,"__proto__":2}'))).toBe('{"__proto__":2,"constructor":1}')
  })

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number of bits %s as %s (appendix B)', (bits, text) => {
    expect(canonicalJson(fromBits(bits))).toBe(text)
  })

  it.each([
    ['the two-character escapes', '\b\t\n\f\r"\\', String.raw`"\b\t\n\f\r\"\\"`],
    ['other control characters in lower-case hex', '\u0000\u001f', String.raw`"\u0000\u001f"`],
    [
      'nothing else: solidus, DEL, line separators and pairs stay',
      '/\u007f\u2028\u2029é😀',
      '"/\u007f\u2028\u2029é😀"',
    ],
  ])('escapes %s', (_what, value, text) => {
    expect(canonicalJson(value)).toBe(text)
    expect(canonicalJson({ [value]: null })).toBe(`{${text}:null}`)
  })

  it.each<[string, JsonValue]>([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['negative infinity, in depth', { a: [Number.NEGATIVE_INFINITY] }],
    ['a lone high surrogate', 'a\ud83d'],
    ['a lone low surrogate', '\ude00b'],
    ['surrogates the wrong way round', '\ude00\ud83d'],
    ['a name with a lone surrogate', { '\ud83d': 1 }],
    ['a member without a value', { a: undefined as unknown as null }],
  ])('refuses %s: it has no canonical form', (_what, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError)
  })

  it('reads back as what was written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value as JsonValue))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('does not depend on the order of insertion, and is its own canonical form', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (given) => {
        const value = given as JsonValue
        const text = canonicalJson(value)
        expect(canonicalJson(shuffled(value))).toBe(text)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
    )
  })

  it('orders any names by their code units', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: AWKWARD }), { maxLength: 20 }), (names) => {
        const value = Object.fromEntries(names.map((name) => [name, 0]))
        expect(namesInText(canonicalJson(value))).toEqual(names.sort(byCodeUnits))
      }),
    )
  })
})
