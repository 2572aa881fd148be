import { errors, type JWTPayload, jwtVerify } from 'jose'
import { BoundedMap } from './bounded-map.ts'
import { fingerprint } from './fingerprint.ts'
import { ALGORITHMS, type Issuer } from './issuer.ts'
import { credentialOf, type VerifiedCredential } from './verified-credential.ts'
import { VerifyError } from './verify-error.ts'

/** A token with a valid signature and audience. */
export interface SignedToken {
  readonly credential: VerifiedCredential
  readonly tokenId: string
  /** Seconds since 1970. */
  readonly issuedAt: number
  /** Milliseconds since 1970, the clock tolerance included. */
  readonly endsAt: number
}

const MOST_TOKENS = 50_000

export interface AccessTokenOptions {
  readonly issuer: string
  readonly audience: string
  readonly clockToleranceSeconds: number
}

const expired = () => new VerifyError('expired', 'The access token has expired. Exchange the key for a new one.')

/** The error for the holder of a token, by the failure of jose. */
const refusalOf = (error: unknown): VerifyError => {
  if (error instanceof VerifyError) return error
  if (error instanceof errors.JWTExpired) return expired()
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud')
    return new VerifyError('audience', 'The access token is for another audience.')
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWSSignatureVerificationFailed)
    return new VerifyError('unknown', 'The token was not signed by the expected issuer as an access token.')
  return new VerifyError('malformed', 'The access token is not well-formed.', { cause: error })
}

/** Verifies access tokens offline (RFC 9068 section 4). Verified tokens are cached by their hash. */
export class AccessTokens {
  private readonly options: AccessTokenOptions
  private readonly keys: Issuer
  private readonly known = new BoundedMap<string, SignedToken>(MOST_TOKENS)

  constructor(keys: Issuer, options: AccessTokenOptions) {
    this.keys = keys
    this.options = options
  }

  /** Verifies signature, type, issuer, audience and time, but not revocation. Throws VerifyError. */
  async read(token: string): Promise<SignedToken> {
    const hashed = fingerprint(token)
    const key = typeof hashed === 'string' ? hashed : await hashed
    const known = this.known.get(key)
    if (known !== undefined) {
      if (Date.now() < known.endsAt) return known
      this.known.delete(key)
      throw expired()
    }
    const signed = await this.check(token)
    this.known.set(key, signed)
    return signed
  }

  private async check(token: string): Promise<SignedToken> {
    const { issuer, audience, clockToleranceSeconds } = this.options
    let claims: JWTPayload
    try {
      const { payload } = await jwtVerify(token, this.keys.keyFor, {
        issuer,
        audience,
        typ: 'at+jwt',
        algorithms: ALGORITHMS,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'iat', 'jti'],
      })
      claims = payload
    } catch (error) {
      throw refusalOf(error)
    }
    const credential = credentialOf(claims, 'access_token')
    const { jti, iat, exp } = claims
    if (credential === null || jti === undefined || iat === undefined || exp === undefined)
      throw new VerifyError('malformed', 'The access token lacks claims of a Keyturn access token.')
    return { credential, tokenId: jti, issuedAt: iat, endsAt: (exp + clockToleranceSeconds) * 1000 }
  }
}
