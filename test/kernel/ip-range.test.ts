import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalAddress, isWithin, parseRange } from '../../src/kernel/ip-range.ts'

describe('an address range', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3/32'],
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['192.168.1.0/24', '192.168.1.0/24'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['2001:DB8:0:0::/32', '2001:db8::/32'],
    ['2001:db8::ffff/64', '2001:db8::/64'],
    ['::/0', '::/0'],
    ['::ffff:10.1.2.3', '10.1.2.3/32'],
    ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
  ])('%s is stored as %s', (text, kept) => {
    expect(parseRange(text)).toBe(kept)
  })

  it.each([
    ['nothing', ''],
    ['a name', 'localhost'],
    ['a number too large', '10.0.0.256'],
    ['three parts', '10.1.2'],
    ['one number', '167772161'],
    ['octal parts', '010.0.0.1'],
    ['hexadecimal parts', '0x0a.0.0.1'],
    ['too many bits', '10.0.0.0/33'],
    ['too many bits of IPv6', '2001:db8::/129'],
    ['a negative number of bits', '10.0.0.0/-1'],
    ['no number of bits', '10.0.0.0/'],
    ['a mask', '10.0.0.0/255.0.0.0'],
    ['two slashes', '10.0.0.0/8/8'],
    ['white space', ' 10.0.0.0/8'],
    ['a range by hyphen', '10.0.0.1-10.0.0.9'],
    ['a wildcard', '10.0.0.*'],
    ['a port', '10.0.0.1:80'],
    ['a zone', 'fe80::1%eth0'],
    ['too many colons', '2001::db8::1'],
    ['brackets', '[2001:db8::1]'],
  ])('is rejected with %s', (_, text) => {
    expect(parseRange(text)).toBeNull()
  })

  const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
  const asNumber = (parts: readonly number[]) => parts.reduce((sum, part) => sum * 256 + part, 0)

  it('contains exactly the addresses that share its first bits, in IPv6 form or not', () => {
    fc.assert(
      fc.property(octets, octets, fc.integer({ min: 0, max: 32 }), (network, near, bits) => {
        const range = parseRange(`${network.join('.')}/${bits}`)
        expect(range).not.toBeNull()
        // An address that is near is more likely to be within.
        for (const address of [near, [...network.slice(0, 3), near[3]], network]) {
          const shift = 2 ** (32 - bits)
          const within = Math.floor(asNumber(address as number[]) / shift) === Math.floor(asNumber(network) / shift)
          expect(isWithin(address.join('.'), [range ?? ''])).toBe(within)
          expect(isWithin(`::ffff:${address.join('.')}`, [range ?? ''])).toBe(within)
        }
      }),
    )
  })

  it('survives formatting and parsing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 0, max: 128 }), (address, bits) => {
        const range = parseRange(`${address}/${bits}`)
        if (range === null) return
        expect(parseRange(range)).toBe(range)
        expect(isWithin(address, [range])).toBe(true)
      }),
    )
  })

  it.each([
    ['2001:db8::1', ['2001:db8::/32'], true],
    ['2001:db9::1', ['2001:db8::/32'], false],
    ['10.1.2.3', ['2001:db8::/32', '10.0.0.0/8'], true],
    ['10.1.2.3', ['::/0'], false],
    ['2001:db8::1', ['0.0.0.0/0'], false],
    ['10.1.2.3', [], false],
    [null, ['0.0.0.0/0', '::/0'], false],
    ['unknown', ['0.0.0.0/0', '::/0'], false],
    ['10.1.2.3, 10.1.2.4', ['0.0.0.0/0'], false],
  ])('%s within %j: %s', (address, ranges, answer) => {
    expect(isWithin(address, ranges)).toBe(answer)
  })
})

describe('an address', () => {
  it.each([
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['::FFFF:0a01:0203', '10.1.2.3'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['10.1.2.3', '10.1.2.3'],
    ['nonsense', null],
    ['', null],
  ])('%s is normalized to %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical)
  })
})
