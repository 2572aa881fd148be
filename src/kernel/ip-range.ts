import { isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ReturnType<typeof ipaddr.process>

// IPv4 inside IPv6 (::ffff:0:0/96, RFC 4291 section 2.5.5.2) is IPv4 to us, see canonicalAddress.
const MAPPED_BITS = 96

/** A CIDR range in its canonical text (a single address as /32 or /128), or null where the text is none. */
export const parseRange = (text: string): string | null => {
  // A zone is a matter of the machine that names it.
  if (text.includes('%')) return null
  try {
    const [address, bits] = text.includes('/')
      ? ipaddr.parseCIDR(text)
      : [ipaddr.parse(text), ipaddr.parse(text).kind() === 'ipv4' ? 32 : 128]
    if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())
      return bits < MAPPED_BITS ? null : parseRange(`${address.toIPv4Address()}/${bits - MAPPED_BITS}`)
    // A short IPv4 form like 10.1 means something else to everybody who reads it.
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

/** An address in its canonical text; IPv4 inside IPv6 becomes IPv4. Null where the text is no address. */
export const canonicalAddress = (text: string): string | null => {
  // Four decimal numbers have one text, and nearly every request comes from some.
  if (isIPv4(text)) return text
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : null
}

const within = (address: Address, range: string): boolean => {
  const [network, bits] = ipaddr.parseCIDR(range)
  return network.kind() === address.kind() && address.match([network, bits] as never)
}

/** Whether an address lies in one of the ranges. An address that is not known lies in none. */
export const isWithin = (address: string | null, ranges: readonly string[]): boolean => {
  if (address === null || !ipaddr.isValid(address)) return false
  const processed = ipaddr.process(address)
  return ranges.some((range) => within(processed, range))
}

/** Whether each of the inner ranges lies within one of the outer ones; all of them canonical. */
export const coversRanges = (outer: readonly string[], inner: readonly string[]): boolean =>
  inner.every((range) => {
    const [network, bits] = ipaddr.parseCIDR(range)
    return outer.some((wide) => ipaddr.parseCIDR(wide)[1] <= bits && within(network, wide))
  })
