import ipaddr from 'ipaddr.js'
import { canonicalAddress, isWithin } from '../../kernel/ip-range.ts'

/** `configured`: in a range that the operator allows. `public`: globally routable. `refused`: any other. */
export type AddressClass = 'configured' | 'public' | 'refused'

/** IPv4-compatible addresses (RFC 4291 section 2.5.5.1) and the local-use NAT64 prefix (RFC 8215): both embed IPv4. */
const EMBEDDING_IPV4 = ['::/96', '64:ff9b:1::/48']
/** Global addresses that cloud providers use internally: the host agent of Azure. */
const OF_CLOUD_HOSTS = ['168.63.129.16/32']

/**
 * Decides whether notifications may go to an address. Only global unicast is public: not loopback, private, link-local,
 * carrier-grade NAT, multicast, unspecified or reserved, nor an IPv6 address that embeds an IPv4 address or has a zone.
 */
export const classifyAddress = (address: string, allowedRanges: readonly string[]): AddressClass => {
  if (canonicalAddress(address) === null || address.includes('%')) return 'refused'
  if (isWithin(address, allowedRanges)) return 'configured'
  if (isWithin(address, EMBEDDING_IPV4) || isWithin(address, OF_CLOUD_HOSTS)) return 'refused'
  return ipaddr.parse(address).range() === 'unicast' ? 'public' : 'refused'
}

/** The address in the host of a URL, without the brackets of IPv6; null for a name. */
export const literalAddress = (hostname: string): string | null =>
  canonicalAddress(hostname.startsWith('[') ? hostname.slice(1, -1) : hostname) === null
    ? null
    : hostname.replace(/^\[|\]$/g, '')
