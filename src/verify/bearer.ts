import { VerifyError } from './verify-error.ts'

/** The headers of a request: those of the Fetch standard, or an object as Node.js has it. */
export type RequestHeaders = Headers | Readonly<Record<string, string | string[] | undefined>>

const BEARER = /^bearer +([\w~+/.-]+=*) *$/i
/** Length of the longest credential. Longer ones are rejected as malformed. */
const LONGEST = 8_192

const isHeaders = (headers: RequestHeaders): headers is Headers => typeof headers.get === 'function'

const authorizationOf = (headers: RequestHeaders): readonly string[] => {
  if (isHeaders(headers)) {
    const value = headers.get('authorization')
    return value === null ? [] : [value]
  }
  return Object.entries(headers).flatMap(([name, value]) =>
    name.toLowerCase() === 'authorization' && value !== undefined ? [value].flat() : [],
  )
}

/** The credential of a request (RFC 6750 section 2.1). Throws VerifyError: missing, malformed. */
export const bearerOf = (headers: RequestHeaders): string => {
  const [authorization, ...others] = authorizationOf(headers)
  if (authorization === undefined || (others.length === 0 && !/^bearer\b/i.test(authorization)))
    throw new VerifyError('missing', 'Send the header Authorization: Bearer <access token or secret>.')
  const credential = BEARER.exec(authorization)?.[1]
  if (credential === undefined || credential.length > LONGEST || others.length > 0)
    throw new VerifyError('malformed', 'The Authorization header must hold one bearer credential.')
  return credential
}
