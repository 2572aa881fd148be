import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOf, instantText } from '../../src/kernel/instant.ts'

describe('the text of an instant', () => {
  it('is that of toISOString and is read back, for any instant that a date can hold', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (instant) => {
        const text = instant.toISOString()
        expect(instantText(instant)).toBe(text)
        expect(instantOf(text)).toEqual(instant)
      }),
    )
  })

  it.each([0, -1, 1, 86_399_999, 86_400_000, -86_400_000, 8.64e15, -8.64e15, 253_402_300_800_000, -62_198_755_200_000])(
    'is that of toISOString and is read back at %s ms',
    (time) => {
      const text = new Date(time).toISOString()
      expect(instantText(new Date(time))).toBe(text)
      expect(instantOf(text).getTime()).toBe(time)
    },
  )

  it('does not exist for an invalid date', () => {
    expect(() => instantText(new Date(Number.NaN))).toThrow(RangeError)
  })

  it('is right after more days than are kept', () => {
    for (let day = 0; day < 1_500; day += 1) {
      const instant = new Date(day * 86_400_000 + day)
      const text = instant.toISOString()
      expect(instantText(instant)).toBe(text)
      expect(instantOf(text)).toEqual(instant)
    }
  })
})
