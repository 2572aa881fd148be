// The same rules as the server's, without Node's libraries; a test holds them against each other.

/** What can be said about one line of address ranges. */
export type RangeCheck =
  | { readonly kind: 'valid'; readonly range: string; readonly note: string | null }
  | { readonly kind: 'invalid'; readonly message: string }

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/

const ipv4Number = (text: string): number | null => {
  const parts = IPV4.exec(text)?.slice(1)
  if (!parts || parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return null
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

const ipv4Text = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')

// The URL parser of the browser knows all forms of IPv6.
const isIpv6 = (text: string): boolean =>
  /^[0-9a-f:.]+$/i.test(text) && text.includes(':') && URL.canParse(`http://[${text}]/`)

/** IPv4 in the notation of IPv6 (RFC 4291 section 2.5.5), which the server takes as IPv4. */
const isMapped = (text: string): boolean =>
  /^::\d+\.\d+\.\d+\.\d+$/.test(text) ||
  /^\[::ffff:[\da-f]{1,4}:[\da-f]{1,4}\]$/.test(new URL(`http://[${text}]/`).hostname)

const invalid = (message: string): RangeCheck => ({ kind: 'invalid', message })

const checkBits = (text: string, most: number): RangeCheck | number => {
  const bits = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN
  return bits <= most ? bits : invalid(`The length after the slash is a number from 0 to ${most}.`)
}

/** Checks an address or a CIDR range, and says what it means where that may surprise. */
export const checkRange = (text: string): RangeCheck => {
  const [address = '', length, ...rest] = text.split('/')
  if (rest.length > 0) return invalid('A range has one slash, like 10.1.0.0/16.')
  const value = ipv4Number(address)
  if (value === null && !isIpv6(address))
    return invalid('Not an address or a range. Write 10.1.0.0/16 or 2001:db8::/32.')
  const bits = length === undefined ? (value === null ? 128 : 32) : checkBits(length, value === null ? 128 : 32)
  if (typeof bits !== 'number') return bits
  if (value === null && bits < 96 && isMapped(address))
    return invalid('The length of an IPv4 range in the notation of IPv6 is from 96 to 128.')
  if (bits === 0) return { kind: 'valid', range: text, note: 'This is every address.' }
  if (value === null) return { kind: 'valid', range: text, note: null }
  const size = 2 ** (32 - bits)
  const first = Math.floor(value / size) * size
  return {
    kind: 'valid',
    range: `${ipv4Text(first)}/${bits}`,
    note: size === 1 ? null : `${ipv4Text(first)} to ${ipv4Text(first + size - 1)}`,
  }
}

/** The ranges of a text with one on each line, or divided by commas or spaces. */
export const splitRanges = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== '')

/** The first fault among the ranges, named by its text; null where all are good. */
export const rangesFault = (text: string): string | null => {
  const ranges = splitRanges(text)
  if (ranges.length > 100) return 'At most 100 ranges.'
  for (const range of ranges) {
    const check = checkRange(range)
    if (check.kind === 'invalid') return `${range}: ${check.message}`
  }
  return null
}
