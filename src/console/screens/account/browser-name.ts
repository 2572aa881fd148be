/** The more particular first: each of them also names the ones below. */
const BROWSERS = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Safari', 'Safari'],
] as const

const SYSTEMS = [
  ['Windows', 'Windows'],
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Mac OS', 'macOS'],
  ['Linux', 'Linux'],
] as const

const nameIn = (text: string, names: readonly (readonly [part: string, name: string])[]): string | undefined =>
  names.find(([part]) => text.includes(part))?.[1]

/** "Firefox on Linux"; the user agent itself where it is of no known browser. */
export const browserOf = (userAgent: string | null | undefined): string => {
  if (userAgent == null || userAgent === '') return 'An unknown program'
  const browser = nameIn(userAgent, BROWSERS)
  const system = nameIn(userAgent, SYSTEMS)
  if (browser === undefined) return userAgent.slice(0, 60)
  return system === undefined ? browser : `${browser} on ${system}`
}
