import { isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'

// One subscriber usually receives a whole IPv6 /64 (RFC 6177), and can send from any of its addresses.
const NETWORK_PARTS = 4

/**
 * What an address counts as wherever callers are counted by address: an IPv4 address counts as itself, an IPv6 address as
 * its /64 network, IPv4 inside IPv6 (::ffff:0:0/96) as the IPv4 address. A text that is no address counts as `unknown`.
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
