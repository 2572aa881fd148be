import { isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ReturnType<typeof ipaddr.process>

// IPv4-mapped IPv6 (::ffff:0:0/96, RFC 4291 section 2.5.5.2) is treated as IPv4, see canonicalAddress.
const MAPPED_BITS = 96

/** Parses a CIDR range or address to canonical text (a single address becomes /32 or /128); null if invalid. */
export const parseRange = (text: string): string | null => {
  // An IPv6 zone id has a meaning only on the host that defines it.
  if (text.includes('%')) return null
  try {
    const [address, bits] = text.includes('/')
      ? ipaddr.parseCIDR(text)
      : [ipaddr.parse(text), ipaddr.parse(text).kind() === 'ipv4' ? 32 : 128]
    if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())
      return bits < MAPPED_BITS ? null : parseRange(`${address.toIPv4Address()}/${bits - MAPPED_BITS}`)
    // Short IPv4 forms such as 10.1 are ambiguous.
    if (address.kind() === 'ipv4' && !ipaddr.IPv4.isValidFourPartDecimal(text.split('/')[0] ?? '')) return null
    const network =
      address.kind() === 'ipv4'
        ? ipaddr.IPv4.networkAddressFromCIDR(`${address.toString()}/${bits}`)
        : ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/${bits}`)
    return `${network.toString()}/${bits}`
  } catch {
    return null
  }
}

/** An address in canonical text, or null if invalid. An IPv4-mapped IPv6 address becomes IPv4. */
export const canonicalAddress = (text: string): string | null => {
  // Fast path: dotted decimal IPv4 is already canonical.
  if (isIPv4(text)) return text
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : null
}

const within = (address: Address, range: string): boolean => {
  const [network, bits] = ipaddr.parseCIDR(range)
  return network.kind() === address.kind() && address.match(network, bits)
}

/** Whether an address is within one of the ranges. An unknown address (null) is within none. */
export const isWithin = (address: string | null, ranges: readonly string[]): boolean => {
  if (address === null || !ipaddr.isValid(address)) return false
  const processed = ipaddr.process(address)
  return ranges.some((range) => within(processed, range))
}

/** Whether each inner range is within one of the outer ranges. All ranges must be canonical. */
export const coversRanges = (outer: readonly string[], inner: readonly string[]): boolean =>
  inner.every((range) => {
    const [network, bits] = ipaddr.parseCIDR(range)
    return outer.some((wide) => ipaddr.parseCIDR(wide)[1] <= bits && within(network, wide))
  })
