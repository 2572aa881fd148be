import { describe, expect, it } from 'vitest'
import {
  countOption,
  durationOption,
  expiryOption,
  finiteExpiryOption,
  grantOption,
  sinceOption,
} from '../../src/cli/options.ts'
import { formatInstant, relativeTime } from '../../src/cli/terminal/dates.ts'

const DAY = 86_400

describe('an option of the command line', () => {
  it.each([
    ['30d', 30 * DAY],
    ['12h', 12 * 3_600],
    ['90m', 5_400],
    ['45s', 45],
    ['2w', 14 * DAY],
    ['1d12h', 1.5 * DAY],
    ['0s', 0],
    ['P30D', 30 * DAY],
    ['PT90S', 90],
  ])('accepts %s as a duration', (text, seconds) => {
    expect(durationOption(text)).toBe(seconds)
  })

  it.each(['', 'd', '30', '-1d', '1.5h', '12h1d', '30 d', 'P1M', '99999999d', 'never'])(
    'rejects %j as a duration',
    (text) => {
      expect(() => durationOption(text)).toThrow('30d')
    },
  )

  it('accepts an expiry as a duration, an instant, a date or never', () => {
    expect(expiryOption('30d')).toEqual({ expiresIn: 'P30D' })
    expect(expiryOption('2026-12-31')).toEqual({ expiresAt: '2026-12-31T00:00:00.000Z' })
    expect(expiryOption('2026-12-31T12:00:00+01:00')).toEqual({ expiresAt: '2026-12-31T11:00:00.000Z' })
    expect(expiryOption('never')).toEqual({ neverExpires: true })
    expect(() => finiteExpiryOption('never')).toThrow('30d')
    expect(() => expiryOption('2026-13-45')).toThrow('2026-12-31')
    expect(() => expiryOption('tomorrow')).toThrow('30d')
  })

  it('accepts a start as an instant or a duration ago', () => {
    expect(sinceOption('2026-11-30').toISOString()).toBe('2026-11-30T00:00:00.000Z')
    expect(Math.abs(Date.now() - 7 * DAY * 1_000 - sinceOption('7d').getTime())).toBeLessThan(60_000)
    expect(() => sinceOption('yesterday')).toThrow('7d')
  })

  it('collects grants, repeated or separated by commas', () => {
    expect(grantOption('audit:viewer', grantOption('build:operator,keys:viewer'))).toEqual([
      { module: 'build', role: 'OPERATOR' },
      { module: 'keys', role: 'VIEWER' },
      { module: 'audit', role: 'VIEWER' },
    ])
    for (const text of ['build', 'build:Operator', 'build:admin', '', ':viewer'])
      expect(() => grantOption(text), text).toThrow('module:role')
  })

  it('accepts only whole numbers as counts', () => {
    expect(countOption('0')).toBe(0)
    for (const text of ['-1', '1.5', '1e3', '', '9999999999999999'])
      expect(() => countOption(text), text).toThrow('whole')
  })
})

describe('an instant', () => {
  const now = new Date('2026-11-26T12:00:00Z')
  it.each([
    [12 * DAY, 'in 12 days'],
    [30 * DAY - 1, 'in 30 days'],
    [-3 * 3_600, '3 hours ago'],
    [59, 'in 59 seconds'],
    [400 * DAY, 'in 13 months'],
    [1_500 * DAY, 'in 4 years'],
    [-DAY, '24 hours ago'],
  ])('%i seconds from now is %j', (seconds, text) => {
    expect(relativeTime(new Date(now.getTime() + seconds * 1_000), now)).toBe(text)
  })

  it('is shown in UTC on request', () => {
    expect(formatInstant(new Date('2026-12-08T09:36:59Z'), true)).toBe('2026-12-08 09:36 UTC')
    expect(formatInstant(new Date(2026, 11, 8, 9, 6), false)).toBe('2026-12-08 09:06')
  })
})
