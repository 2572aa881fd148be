import { isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'

// A subscriber usually has a whole IPv6 /64 (RFC 6177) and can send from any address in it.
const NETWORK_PARTS = 4

/**
 * The group by which limits count an address: an IPv4 address is its own group, an IPv6 address belongs to its /64 network.
 * An IPv4-mapped IPv6 address (::ffff:0:0/96) counts as the IPv4 address. An invalid address counts as `unknown`.
 */
export const addressGroup = (address: string | null): string => {
  if (address === null) return 'unknown'
  if (isIPv4(address)) return address
  if (!ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString()
  const network = parsed.parts.slice(0, NETWORK_PARTS).map((part) => part.toString(16))
  return `${network.join(':')}::/64`
}
