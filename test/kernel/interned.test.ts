import { describe, expect, it } from 'vitest'
import { Interned } from '../../src/kernel/interned.ts'

describe('interned values', () => {
  it('are one object for all that are equal', () => {
    const interned = new Interned<{ readonly at: Date; readonly grants: readonly string[] }>()
    const first = { at: new Date(0), grants: ['keys:viewer'] }
    expect(interned.of(first)).toBe(first)
    expect(interned.of({ at: new Date(0), grants: ['keys:viewer'] })).toBe(first)
    const other = { at: new Date(1), grants: ['keys:viewer'] }
    expect(interned.of(other)).toBe(other)
  })

  it('are at most 10,000, of which those that were asked for last stay', () => {
    const interned = new Interned<readonly number[]>()
    const first = interned.of([0])
    const second = interned.of([1])
    for (let value = 2; value < 10_001; value += 1) {
      interned.of([0])
      interned.of([value])
    }
    expect(interned.of([0])).toBe(first)
    expect(interned.of([1])).not.toBe(second)
  })
})
