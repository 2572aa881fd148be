import { parseBearer } from '../access/authenticator.ts'
import { unauthenticated } from '../kernel/errors.ts'

/** What an Authorization header shows: a client's id and secret (RFC 6749 section 2.3.1), or a bearer credential. */
export type ShownCredential =
  | { readonly kind: 'basic'; readonly clientId: string; readonly clientSecret: string }
  | { readonly kind: 'bearer'; readonly credential: string }

const BASIC = /^basic +([A-Za-z0-9+/=_-]+) *$/i

// Both halves are form-encoded before they are joined.
const formDecode = (text: string): string => (/[%+]/.test(text) ? decodeURIComponent(text.replaceAll('+', ' ')) : text)

/** Reads the header; null where there is none. Throws UNAUTHENTICATED where it is malformed. */
export const parseAuthorization = (header: string | undefined): ShownCredential | null => {
  if (header === undefined) return null
  const encoded = BASIC.exec(header)?.[1]
  if (encoded === undefined) return { kind: 'bearer', credential: parseBearer(header) }
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  try {
    if (colon > 0)
      return {
        kind: 'basic',
        clientId: formDecode(text.slice(0, colon)),
        clientSecret: formDecode(text.slice(colon + 1)),
      }
  } catch {
    // A percent sign that encodes nothing: malformed like a missing colon.
  }
  throw unauthenticated('The Basic authorization must be client_id:client_secret, each form-encoded, as base64.')
}
