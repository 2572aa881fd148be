import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseForm } from '../../src/http/form.ts'

const NAMES = ['a', 'b', '', '__proto__', 'é']
const piece = fc.constantFrom(...'ab=&+%?#; é\u0000\ufeff', '%41', '%C3%A9', '%EF%BB%BF', '%ff', '%', '%zz', '+%20')
const body = fc.array(fc.oneof(piece, fc.constantFrom(...NAMES), fc.string({ unit: 'binary' })), { maxLength: 12 })

describe('a form-encoded body', () => {
  it('has the fields that the URL standard finds in it', () => {
    fc.assert(
      fc.property(body, (pieces) => {
        // As bytes that are no text become text before they are parsed.
        const text = pieces.join('').toWellFormed()
        const form = parseForm(text)
        const standard = new URLSearchParams(`&${text}`)
        for (const name of new Set([...standard.keys(), ...NAMES])) {
          const values = standard.getAll(name)
          if (values.length > 1) expect(() => form.get(name)).toThrow('is given more than once')
          else expect(form.get(name)).toBe(values[0] === '' ? undefined : values[0])
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is refused for the first of the named fields that is repeated', () => {
    const form = parseForm('c=1&c=1&b=1&a=&b=2')
    form.refuseRepeated(['a'])
    expect(() => form.refuseRepeated(['a', 'b', 'c'])).toThrow('b: is given more than once')
  })
})
