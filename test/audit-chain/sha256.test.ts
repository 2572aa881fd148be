import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 as sha256OfNode } from '../../src/audit/hash-chain.ts'
import { sha256 } from '../../src/audit-chain/sha256.ts'

describe('SHA-256 without Node.js', () => {
  it("returns the digests of the standard's examples", () => {
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  it('agrees with Node.js at every length around the ends of blocks', () => {
    for (let length = 0; length <= 200; length += 1) {
      const text = 'x'.repeat(length)
      expect(sha256(text), `${length} bytes`).toBe(sha256OfNode(text))
    }
  })

  it('agrees with Node.js on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2_000 }), (text) => sha256(text) === sha256OfNode(text)),
    )
  })
})
