import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addSeconds, DAY, formatDuration, LONGEST_DURATION, parseDuration } from '../../src/kernel/duration.ts'

describe('a duration', () => {
  it.each([
    ['P30D', 30 * DAY],
    ['PT12H', 43_200],
    ['PT90S', 90],
    ['PT1M', 60],
    ['P1DT2H3M4S', DAY + 7_384],
    ['PT24H', DAY],
    ['P0D', 0],
    ['PT0S', 0],
    ['P007D', 7 * DAY],
    ['PT100000S', 100_000],
    ['P36500D', LONGEST_DURATION],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
  })

  it.each([
    ['years', 'P1Y'],
    ['months', 'P1M'],
    ['weeks', 'P1W'],
    ['a sign before it', '-P1D'],
    ['a sign within it', 'P-1D'],
    ['a plus', 'P+1D'],
    ['a fraction', 'PT1.5S'],
    ['a fraction with a comma', 'PT1,5S'],
    ['nothing', ''],
    ['no part', 'P'],
    ['no part of the day', 'PT'],
    ['a day and an empty rest', 'P1DT'],
    ['the wrong order', 'PT1S1M'],
    ['the same unit twice', 'P1D1D'],
    ['hours before the T', 'P1H'],
    ['days behind the T', 'PT1D'],
    ['small letters', 'p1d'],
    ['white space around it', ' P1D '],
    ['a line break behind it', 'P1D\n'],
    ['a bare number', '3600'],
    ['a number too long to count', `P${'9'.repeat(400)}D`],
    ['more than a hundred years', 'P36501D'],
    ['a second more than a hundred years', 'P36500DT1S'],
    ['digits of another script', 'P\u0661D'],
  ])('is rejected with %s', (_, text) => {
    expect(parseDuration(text)).toBeNull()
  })

  it('survives formatting and parsing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: LONGEST_DURATION }), (seconds) => {
        expect(parseDuration(formatDuration(seconds))).toBe(seconds)
      }),
    )
  })

  it('is formatted in one unit, the largest that is exact', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 36_500 }), fc.constantFrom(DAY, 3_600, 60, 1), (count, unit) => {
        const text = formatDuration(count * unit)
        expect(text).toMatch(/^P(?:\d+D|T\d+[HMS])$/)
        const [number] = /\d+/.exec(text) ?? []
        expect(Number(number)).toBeLessThanOrEqual(count)
      }),
    )
    expect([90_000, 86_400, 5_400, 61, 0].map(formatDuration)).toEqual(['PT25H', 'P1D', 'PT90M', 'PT61S', 'PT0S'])
  })

  it('ends within the range of dates, wherever it starts', () => {
    const end = addSeconds(new Date('2099-12-31T23:59:59.999Z'), LONGEST_DURATION)
    expect(end.toISOString()).toMatch(/^\d{4}-/)
  })
})
