import type { IncomingHttpHeaders } from 'node:http'
import type { SessionToken } from '../access/verification.ts'
import { forbidden, type KeyturnError } from '../kernel/errors.ts'
import { createCookie } from './cookies.ts'

/** The header that the console adds to requests that change something. No form and no link of another page can. */
const CONSOLE_HEADER = 'x-keyturn-console'
/** The cookie outlives no session: one ends after seven days at the latest. */
const MAX_AGE_SECONDS = 7 * 24 * 3_600

/** A request by the cookie of a console session. */
export interface SessionRequest {
  readonly token: SessionToken
  /** Why the cookie is not accepted from this page at all; null if it is. */
  readonly refusal: KeyturnError | null
  /** Why the request may not change anything; null if it may. */
  readonly changeRefusal: KeyturnError | null
  /** Set if the request does not state the console's own origin. */
  readonly originRefusal: KeyturnError | null
}

/** The session that a request was made by; null if it has no session cookie. */
export type SessionOf = (headers: IncomingHttpHeaders) => SessionRequest | null

/** The cookie of console sessions, and the rules against requests that another page makes a browser send with it. */
export interface SessionCookie {
  readonly sessionOf: SessionOf
  /** Throws FORBIDDEN if the request comes from a page of another origin. */
  readonly requireOwnPage: (headers: IncomingHttpHeaders) => void
  /** The Set-Cookie header that signs in. */
  readonly set: (token: string) => string
  /** The Set-Cookie header that removes the cookie. */
  readonly clear: string
}

/** Values of Sec-Fetch-Site for requests that a page of another origin started. */
const OTHER_SITES: ReadonlySet<unknown> = new Set(['same-site', 'cross-site'])

export const createSessionCookie = (publicUrl: string): SessionCookie => {
  const { origin: own } = new URL(publicUrl)
  const cookie = createCookie({ publicUrl, name: 'keyturn', sameSite: 'Strict', maxAgeSeconds: MAX_AGE_SECONDS })
  const foreign = forbidden([], `A console session is accepted from pages of ${own} alone: open the console there.`)
  const noOrigin = forbidden([], `A request by session cookie must state its origin, ${own}, in the header Origin.`)
  const noHeader = forbidden([], `A change by session cookie needs the header ${CONSOLE_HEADER}: 1.`)

  const refusalOf = ({ origin, 'sec-fetch-site': site }: IncomingHttpHeaders): KeyturnError | null =>
    (origin !== undefined && origin !== own) || OTHER_SITES.has(site) ? foreign : null

  return {
    sessionOf: (headers) => {
      const [sessionToken, ...more] = cookie.valuesIn(headers)
      if (sessionToken === undefined) return null
      const refusal = refusalOf(headers)
      const originRefusal = headers.origin === own ? null : noOrigin
      return {
        // Of several, nobody can tell which one is genuine: together they are malformed.
        token: { sessionToken: more.length === 0 ? sessionToken : '' },
        refusal,
        originRefusal,
        changeRefusal: refusal ?? originRefusal ?? (headers[CONSOLE_HEADER] === '1' ? null : noHeader),
      }
    },
    requireOwnPage: (headers) => {
      const refusal = refusalOf(headers)
      if (refusal !== null) throw refusal
    },
    set: cookie.set,
    clear: cookie.clear,
  }
}
