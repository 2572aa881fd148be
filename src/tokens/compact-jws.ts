import { type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { SigningAlgorithm } from './signing-key.entity.ts'

/** A private key that signs, with its id. */
export interface Signer {
  readonly id: string
  readonly algorithm: SigningAlgorithm
  readonly key: KeyObject
}

const signAsync = promisify(sign)

/** Signs a payload as a compact JWS (RFC 7515). */
export const signCompact = async (signer: Signer, type: string, payload: object): Promise<string> => {
  const header = { alg: signer.algorithm, typ: type, kid: signer.id }
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${(await signature(signer, input)).toString('base64url')}`
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The signature of RFC 7518 section 3, or RFC 8037 for EdDSA. Three times as fast as with Web Crypto. */
const signature = async ({ algorithm, key }: Signer, input: string): Promise<Buffer> => {
  const data = Buffer.from(input)
  switch (algorithm) {
    case 'ES256':
      return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })
    case 'EdDSA':
      return sign(null, data, key)
    case 'RS256':
      // It takes a millisecond: on another thread it does not block other requests.
      return signAsync('sha256', data, key)
  }
}
