import { describe, expect, it } from 'vitest'
import { addressGroup } from '../../src/kernel/address-group.ts'

describe('an address is counted', () => {
  it.each([
    ['an IPv4 address', '203.0.113.7', '203.0.113.7'],
    ['IPv4 inside IPv6', '::ffff:203.0.113.7', '203.0.113.7'],
    ['IPv4 inside IPv6 in hexadecimal', '::ffff:cb00:7107', '203.0.113.7'],
    ['an IPv6 address', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['a short IPv6 address', '2001:DB8::1', '2001:db8:0:0::/64'],
    ['the loopback address', '::1', '0:0:0:0::/64'],
    ['an address with a zone', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['a text that is no address', 'localhost', 'unknown'],
    ['no address', null, 'unknown'],
  ])('as its network: %s', (_what, address, group) => {
    expect(addressGroup(address)).toBe(group)
  })

  it('with all others of its /64, separately from the next /64', () => {
    const group = addressGroup('2001:db8:1:2::')
    expect(addressGroup('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe(group)
    expect(addressGroup('2001:db8:1:3::')).not.toBe(group)
  })
})
