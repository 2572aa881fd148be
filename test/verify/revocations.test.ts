import { describe, expect, it } from 'vitest'
import { Revocations } from '../../src/verify/revocations.ts'

const at = (seconds: number) => new Date(seconds * 1000).toISOString()
const ofKey = (keyId: string, seconds: number) => ({ sequence: 1, keyId, tokenId: null, revokedAt: at(seconds) })

describe('known revocations', () => {
  it('end the tokens of a key that were issued before, and leave those of the same second undecided', () => {
    const known = new Revocations()
    known.apply(ofKey('key_1', 100.25), 100_000)
    expect(known.standingOf('t', 'key_1', 99)).toBe('revoked')
    expect(known.standingOf('t', 'key_1', 100)).toBe('unclear')
    expect(known.standingOf('t', 'key_1', 101)).toBe('valid')
    expect(known.standingOf('t', 'key_2', 99)).toBe('valid')
  })

  it('an ending that is announced later for an earlier instant changes nothing', () => {
    const known = new Revocations()
    known.apply(ofKey('key_1', 100), 100_000)
    known.apply(ofKey('key_1', 50), 100_000)
    expect(known.standingOf('t', 'key_1', 80)).toBe('revoked')
  })

  it('the ending of one token ends only that one', () => {
    const known = new Revocations()
    known.apply({ sequence: 1, keyId: 'key_1', tokenId: 't1', revokedAt: at(100) }, 100_000)
    expect(known.standingOf('t1', 'key_1', 99)).toBe('revoked')
    expect(known.standingOf('t2', 'key_1', 99)).toBe('valid')
    expect(known.hasChanged('key_1', 0)).toBe(false)
  })

  it('are bounded: beyond that, older tokens are undecided, and earlier results stale', () => {
    const known = new Revocations(2)
    for (const [index, key] of ['key_1', 'key_2', 'key_3'].entries()) known.apply(ofKey(key, 100 + index), 100_000)
    expect(known.standingOf('t', 'key_1', 99)).toBe('unclear')
    expect(known.standingOf('t', 'key_9', 100)).toBe('unclear')
    expect(known.standingOf('t', 'key_9', 101)).toBe('valid')
    expect(known.hasChanged('key_9', 0)).toBe(true)
    expect(known.hasChanged('key_9', 1)).toBe(false)
  })

  it('are dropped when every token that they ended has expired', () => {
    const known = new Revocations()
    known.apply(ofKey('key_1', 0), 0)
    known.apply(ofKey('key_2', 100_000), 100_000_000)
    expect(known.standingOf('t', 'key_1', -1)).toBe('valid')
    expect(known.standingOf('t', 'key_2', 99_000)).toBe('revoked')
  })
})
