import { parseBearer } from '../access/bearer.ts'
import { unauthenticated } from '../kernel/errors.ts'

/** The credential in an Authorization header: a client's id and secret (RFC 6749 section 2.3.1), or a bearer credential. */
export type AuthorizationCredential =
  | { readonly kind: 'basic'; readonly clientId: string; readonly clientSecret: string }
  | { readonly kind: 'bearer'; readonly credential: string }

const BASIC = /^basic +([A-Za-z0-9+/=_-]+) *$/i

// RFC 6749 section 2.3.1: id and secret are each form-encoded before they are joined.
const formDecode = (text: string): string => (/[%+]/.test(text) ? decodeURIComponent(text.replaceAll('+', ' ')) : text)

/** Parses an Authorization header; null if it is absent. Throws UNAUTHENTICATED if it is malformed. */
export const parseAuthorization = (header: string | undefined): AuthorizationCredential | null => {
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
    // Invalid percent-encoding: reported as malformed below.
  }
  throw unauthenticated(
    'MALFORMED',
    'The Basic credentials must be client_id:client_secret, each form-encoded, in base64.',
  )
}
