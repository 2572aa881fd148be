import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkExpiry,
  choiceOfDuration,
  defaultExpiry,
  type ExpiryChoice,
  presetsFor,
} from '../../src/console/keys/expiry.ts'
import { refusalOf, withinOwn } from '../../src/console/keys/grantable.ts'
import { createCommand, revokeCommand, rotateCommand } from '../../src/console/keys/key-commands.ts'
import { checkRange, rangesFault } from '../../src/console/keys/ranges.ts'
import { formatAbsolute, formatDuration, formatRelative } from '../../src/console/ui/format-time.ts'
import { parseDuration } from '../../src/kernel/duration.ts'
import { parseRange } from '../../src/kernel/ip-range.ts'
import { decideExpiry } from '../../src/keys/lifecycle/lifetime.ts'

const octets = fc
  .array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 5 })
  .map((parts) => parts.join('.'))
const addresses = fc.oneof(octets, fc.ipV4(), fc.ipV6(), fc.string({ maxLength: 12 }), fc.constant('010.1.1.1'))
const lengths = fc.oneof(
  fc.constant(''),
  fc.integer({ min: -1, max: 140 }).map((bits) => `/${bits}`),
  fc.constant('/8/8'),
)

describe('address ranges in the form', () => {
  it('are good where the server takes them, and bad where it does not', () => {
    fc.assert(
      fc.property(addresses, lengths, (address, length) => {
        const text = `${address}${length}`
        // The form divides its text at white space and commas before it checks.
        fc.pre(!/[\s,]/.test(text))
        expect(checkRange(text).kind, text).toBe(parseRange(text) === null ? 'invalid' : 'valid')
      }),
      {
        numRuns: 2_000,
        examples: [
          ['::0.0.0.0', '/0'],
          ['::ffff:1.2.3.4', '/95'],
          ['::ffff:1:2', '/96'],
        ],
      },
    )
  })

  it.each([
    ['10.0.0.7/8', '10.0.0.0 to 10.255.255.255'],
    ['10.0.0.7', null],
    ['0.0.0.0/0', 'This is every address.'],
    ['::/0', 'This is every address.'],
    ['2001:db8::/32', null],
  ])('%s is explained: %s', (text, note) => {
    expect(checkRange(text)).toMatchObject({ kind: 'valid', note })
  })

  it('name the first fault', () => {
    expect(rangesFault('10.0.0.0/8\n10.1/16, 1.2.3.4/40')).toMatch(/^10\.1\/16: Not an address/)
    expect(rangesFault('1.2.3.4/40')).toBe('1.2.3.4/40: The length after the slash is a number from 0 to 32.')
    expect(rangesFault(Array.from({ length: 101 }, (_, n) => `10.0.0.${n}`).join(' '))).toBe('At most 100 ranges.')
    expect(rangesFault('')).toBeNull()
  })
})

const NOW = new Date('2026-11-26T12:00:00Z')
const OPEN = { maximumLifetime: null, defaultLifetime: 'P180D', expiryRequired: false }
const STRICT = { maximumLifetime: 'P30D', defaultLifetime: 'P180D', expiryRequired: true }
const lasting = (amount: string, unit: ExpiryChoice['unit'] = 'days'): ExpiryChoice => ({
  mode: 'after',
  amount,
  unit,
  date: '',
})
const on = (date: string): ExpiryChoice => ({ mode: 'on', amount: '', unit: 'days', date })
const NEVER: ExpiryChoice = { mode: 'never', amount: '', unit: 'days', date: '' }

describe('an expiry in the form', () => {
  it.each([
    [lasting('90'), '2027-02-24T12:00:00.000Z'],
    [lasting('36', 'hours'), '2026-11-28T00:00:00.000Z'],
    [on('2027-01-01T00:00Z'), '2027-01-01T00:00:00.000Z'],
  ])('%j is a date', (choice, expected) => {
    const result = checkExpiry(choice, OPEN, NOW)
    expect(result.kind === 'at' && result.instant.toISOString()).toBe(expected)
  })

  it.each([
    [lasting('0'), OPEN, 'Enter a whole number above zero.'],
    [lasting('1.5'), OPEN, 'Enter a whole number above zero.'],
    [lasting('36501'), OPEN, 'At most 100 years.'],
    [lasting('31'), STRICT, 'The policy of the organization allows at most 30 days.'],
    [on(''), OPEN, 'Choose a date and a time.'],
    [on('2026-11-26T11:59Z'), OPEN, 'Choose a time in the future.'],
    [on('2026-12-27T12:00Z'), STRICT, 'The policy of the organization allows at most 30 days.'],
    [NEVER, STRICT, 'The policy of the organization requires an expiry.'],
    [NEVER, { ...STRICT, expiryRequired: false }, 'The policy of the organization allows at most 30 days.'],
  ])('%j under %j is refused: %s', (choice, policy, message) => {
    expect(checkExpiry(choice, policy, NOW)).toEqual({ kind: 'fault', message })
  })

  it('is decided as the server decides it', () => {
    const choices = fc.oneof(
      fc.integer({ min: 1, max: 40_000 }).map((days) => lasting(String(days))),
      fc.integer({ min: 1, max: 9_000 }).map((hours) => lasting(String(hours), 'hours')),
      fc.constant(NEVER),
    )
    const lifetimes = fc.option(fc.integer({ min: 1, max: 400 }))
    fc.assert(
      fc.property(choices, lifetimes, fc.boolean(), (choice, days, expiryRequired) => {
        const maximumLifetime = days === null ? null : `P${days}D`
        const result = checkExpiry(choice, { maximumLifetime, defaultLifetime: 'P1D', expiryRequired }, NOW)
        const policy = {
          maximumLifetime: days === null ? null : days * 86_400,
          defaultLifetime: 86_400,
          expiryRequired,
        }
        const wanted =
          choice.mode === 'never'
            ? { neverExpires: true }
            : { expiresIn: parseDuration(choice.unit === 'days' ? `P${choice.amount}D` : `PT${choice.amount}H`) }
        // The schema refuses durations that the server cannot read before the policy sees them.
        fc.pre(!('expiresIn' in wanted) || wanted.expiresIn !== null)
        let decided: Date | null | 'refused' = 'refused'
        try {
          decided = decideExpiry(wanted, policy, NOW, null)
        } catch {
          // Refused.
        }
        const shown = result.kind === 'fault' ? 'refused' : result.kind === 'never' ? null : result.instant
        expect(shown).toEqual(decided)
      }),
    )
  })

  it('starts with the default of the policy, within its maximum', () => {
    expect(defaultExpiry(OPEN)).toEqual(lasting('180'))
    expect(defaultExpiry(STRICT)).toEqual(lasting('30'))
    expect(choiceOfDuration('PT36H')).toEqual(lasting('36', 'hours'))
    expect(presetsFor(STRICT)).toEqual(['P7D', 'P30D'])
  })
})

describe('grants in the form', () => {
  it('are refused with the grant that is missing', () => {
    const held = [{ module: 'build', role: 'OPERATOR' }] as const
    expect(refusalOf(held, 'build', 'VIEWER')).toBeNull()
    expect(refusalOf(held, 'build', 'MANAGER')).toMatch(/^Needs build:manager: you hold build:operator\./)
    expect(refusalOf(held, 'audit', 'VIEWER')).toMatch(/^Needs audit:viewer: you hold nothing there\./)
  })

  it('of a template are lowered to what the caller holds', () => {
    const held = [{ module: 'build', role: 'VIEWER' }] as const
    expect(
      withinOwn(held, [
        { module: 'build', role: 'OPERATOR' },
        { module: 'keys', role: 'VIEWER' },
      ]),
    ).toEqual({
      build: 'VIEWER',
    })
  })
})

describe('an action as a keyturn command', () => {
  it('names every option, quoted for a shell', () => {
    const input = {
      organizationId: 'org_1',
      name: "it's; rm -rf /",
      grants: [{ module: 'build', role: 'OPERATOR' as const }],
      expiresIn: 'P30D',
      allowedIps: ['10.0.0.0/8'],
    }
    expect(createCommand('API_KEY', input)).toBe(
      "keyturn keys create 'it'\\''s; rm -rf /' --grant build:operator --expires P30D --allow-ip 10.0.0.0/8 --organization org_1",
    )
    const key = { id: 'key_1', kind: 'PERSONAL_ACCESS_KEY' as const }
    expect(rotateCommand(key, { id: 'key_1', overlap: 'PT1H', overlapFromFirstUse: true })).toBe(
      'keyturn personal-keys rotate key_1 --overlap PT1H --overlap-from-first-use',
    )
    expect(revokeCommand(key, { id: 'key_1', reason: 'COMPROMISED', descendants: true })).toBe(
      'keyturn personal-keys revoke key_1 --reason COMPROMISED --descendants --yes',
    )
  })
})

describe('times in the console', () => {
  it.each([
    [-1, 'just now'],
    [-40, '40 seconds ago'],
    [-59, '59 seconds ago'],
    [-119, '1 minute ago'],
    [-150, '2 minutes ago'],
    [3 * 86_400, 'in 3 days'],
    [89.9 * 86_400, 'in 89 days'],
    [200 * 86_400, 'in 6 months'],
    [400 * 86_400, 'in 1 year'],
  ])('%i s from now is "%s"', (seconds, text) => {
    expect(formatRelative(new Date(NOW.getTime() + seconds * 1000), NOW.getTime())).toBe(text)
  })

  it('name the time zone, and durations in words', () => {
    expect(formatAbsolute(NOW, 'UTC')).toBe('26 Nov 2026, 12:00:00 UTC')
    expect(formatDuration('P1DT2H')).toBe('1 day 2 hours')
    expect(formatDuration('PT7199S')).toBe('1 hour 59 minutes 59 seconds')
    expect(formatDuration('PT30H')).toBe('30 hours')
  })
})
