import { unauthenticated } from '../kernel/errors.ts'

const BEARER = /^bearer +([^\s]+) *$/i

/** Parses a bearer Authorization header (RFC 6750 section 2.1). Throws UNAUTHENTICATED if it has another form. */
export const parseBearer = (authorization: string): string => {
  const credential = BEARER.exec(authorization)?.[1]
  if (credential === undefined)
    throw unauthenticated(
      'MALFORMED',
      'The authorization must read "Bearer <credential>", where the credential is a secret or an access token.',
    )
  return credential
}
