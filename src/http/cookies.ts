import type { IncomingHttpHeaders } from 'node:http'

export interface CookieOptions {
  readonly publicUrl: string
  readonly name: string
  readonly sameSite: 'Strict' | 'Lax'
  readonly maxAgeSeconds: number
}

/** A cookie of this server alone, which scripts cannot read. */
export interface Cookie {
  /** Every value that a request has of it: a browser may send several, set for other paths or domains. */
  readonly valuesIn: (headers: IncomingHttpHeaders) => string[]
  /** The Set-Cookie header that sets it. */
  readonly set: (value: string) => string
  /** The Set-Cookie header that removes it. */
  readonly clear: string
}

/**
 * Defines a cookie (RFC 6265). On https its name has the prefix `__Host-`, with which browsers accept it from this host over
 * https alone, so that no neighbouring host can set it.
 */
export const createCookie = ({ publicUrl, name: plain, sameSite, maxAgeSeconds }: CookieOptions): Cookie => {
  const secure = new URL(publicUrl).protocol === 'https:'
  const name = secure ? `__Host-${plain}` : plain
  const attributes = `Path=/; HttpOnly; SameSite=${sameSite}${secure ? '; Secure' : ''}`
  return {
    valuesIn: ({ cookie = '' }) =>
      cookie.split(';').flatMap((pair) => {
        const equals = pair.indexOf('=')
        return equals !== -1 && pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : []
      }),
    set: (value) => `${name}=${value}; ${attributes}; Max-Age=${maxAgeSeconds}`,
    clear: `${name}=; ${attributes}; Max-Age=0`,
  }
}
