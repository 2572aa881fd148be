import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBearer } from '../../src/access/bearer.ts'
import { DAY, formatDuration, LONGEST_DURATION, parseDuration } from '../../src/kernel/duration.ts'
import { KeyturnError } from '../../src/kernel/errors.ts'
import { formatScope, parseScope } from '../../src/kernel/grants.ts'
import { checkId, guidOf, idOfGuid, kindOfId } from '../../src/kernel/ids.ts'
import { canonicalAddress, isWithin, parseRange } from '../../src/kernel/ip-range.ts'
import { encodeCursor, parsePage } from '../../src/kernel/page.ts'
import { parseSecret } from '../../src/kernel/secret-text.ts'
import { anyText } from '../support/any-text.ts'

/** What refuses by throwing says so in an error for its sender; anything else that it throws is a bug. */
const orNull = <T>(parse: () => T): T | null => {
  try {
    return parse()
  } catch (error) {
    if (error instanceof KeyturnError && ['BAD_USER_INPUT', 'UNAUTHENTICATED'].includes(error.code)) return null
    throw error
  }
}

interface Parser {
  readonly name: string
  /** Null, or the text that says the same, as it is kept or written. */
  readonly rewrite: (text: string) => string | null
  /** What texts of its kind are made of. */
  readonly alphabet: string
  readonly sample: string
}

const cursorOf = (text: string) => {
  const { position } = parsePage('list', ['string', 'number'], { after: text })
  return position === null ? null : encodeCursor('list', position)
}
const durationOf = (text: string) => {
  const seconds = parseDuration(text)
  return seconds === null ? null : formatDuration(seconds)
}
const idOf = (text: string) => {
  checkId('key', text, 'id')
  return text
}
const scopeOf = (text: string) => {
  const grants = parseScope(text)
  return grants === null ? null : formatScope(grants)
}
const guid = (text: string) => {
  const id = idOfGuid('organization', text)
  return id === null ? null : guidOf(id)
}

const HEX = '0123456789abcdef'
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

const PARSERS: readonly Parser[] = [
  { name: 'a duration', rewrite: durationOf, alphabet: 'PTDHMS0123456789-.,+W ', sample: 'P1DT2H3M4S' },
  {
    name: 'an id',
    rewrite: (text) => orNull(() => idOf(text)),
    alphabet: `${HEX}key_`,
    sample: 'key_6f1ff3d07b5c4c1b8f3e0123456789ab',
  },
  { name: 'a GUID', rewrite: guid, alphabet: `${HEX}ABCDEF-{}`, sample: '6f1ff3d0-7b5c-4c1b-8f3e-0123456789ab' },
  {
    name: 'a secret',
    rewrite: (text) => (parseSecret('kt', text) === null ? null : text),
    alphabet: `${BASE62}_`,
    sample: 'kt_ak_000000000000000000000000000000000000000000020ZNYk',
  },
  { name: 'a range of addresses', rewrite: parseRange, alphabet: '0123456789abcdef.:/%x ', sample: '2001:db8::/32' },
  { name: 'an address', rewrite: canonicalAddress, alphabet: '0123456789abcdef.:/%x ', sample: '::ffff:10.0.0.1' },
  {
    name: 'a cursor',
    rewrite: (text) => orNull(() => cursorOf(text)),
    alphabet: `${BASE62}-_=`,
    sample: encodeCursor('list', ['a', 1]),
  },
  { name: 'a scope', rewrite: scopeOf, alphabet: 'keysaudit:*_- viewroptmng1', sample: 'audit:viewer keys:operator' },
  {
    name: 'a bearer',
    rewrite: (text) => orNull(() => `Bearer ${parseBearer(text)}`),
    alphabet: 'Bearer bEARER .-_=\t',
    sample: 'Bearer a.b.c',
  },
]

/** Any text at all, texts of the right characters, and good ones that were spoilt in one place. */
const textsFor = ({ alphabet, sample }: Parser) =>
  fc.oneof(
    anyText(80),
    fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 80 }),
    fc
      .tuple(fc.nat(sample.length), fc.nat(3), fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 3 }))
      .map(([at, gone, put]) => sample.slice(0, at) + put + sample.slice(at + gone)),
  )

describe.each(PARSERS)('any text for $name', (parser) => {
  it('is rejected or parsed, and is parsed the same after formatting', () => {
    expect(parser.rewrite(parser.sample)).not.toBeNull()
    fc.assert(
      fc.property(textsFor(parser), (text) => {
        const written = parser.rewrite(text)
        if (written !== null) expect(parser.rewrite(written)).toBe(written)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a parsed value', () => {
  const parts = fc.record({ D: fc.nat(400), H: fc.nat(50), M: fc.nat(100), S: fc.nat(100) })

  it('of a duration is the sum of its parts', () => {
    fc.assert(
      fc.property(parts, ({ D, H, M, S }) => {
        expect(parseDuration(`P${D}DT${H}H${M}M${S}S`)).toBe(D * DAY + H * 3_600 + M * 60 + S)
      }),
    )
    expect(parseDuration(formatDuration(LONGEST_DURATION + 1))).toBeNull()
  })

  it('of an id is the kind that its beginning names, and no other is taken for it', () => {
    fc.assert(
      fc.property(
        fc.uuid({ version: 4 }),
        fc.string({ unit: fc.constantFrom(...'keyorgmabc'), maxLength: 4 }),
        (uuid, prefix) => {
          const kind = kindOfId(`${prefix}_${uuid.replaceAll('-', '')}`)
          expect(kind).toBe({ key: 'key', org: 'organization' }[prefix] ?? null)
        },
      ),
    )
  })

  it('of a range of IPv6 contains exactly the addresses that share its first bits', () => {
    const groups = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 })
    const text = (all: readonly number[]) => all.map((group) => group.toString(16)).join(':')
    const bitsOf = (all: readonly number[]) => all.map((group) => group.toString(2).padStart(16, '0')).join('')
    fc.assert(
      fc.property(groups, groups, fc.nat(128), fc.nat(8), (network, other, bits, shared) => {
        // Addresses of IPv4 inside IPv6 are told apart elsewhere.
        fc.pre(network[0] !== 0 && other[0] !== 0)
        const near = [...network.slice(0, shared), ...other.slice(shared)]
        const range = parseRange(`${text(network)}/${bits}`)
        const within = bitsOf(network).slice(0, bits) === bitsOf(near).slice(0, bits)
        expect(isWithin(text(near), [range ?? ''])).toBe(within)
      }),
      { numRuns: 500 },
    )
  })
})
