import { type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { andThen, type MaybePromise } from '../kernel/maybe-promise.ts'
import type { SigningAlgorithm } from './signing-key.entity.ts'

/** A private key that signs, with its id. */
export interface Signer {
  readonly id: string
  readonly algorithm: SigningAlgorithm
  readonly key: KeyObject
}

const signAsync = promisify(sign)

/** Signs a payload as a compact JWS (RFC 7515). */
export const signCompact = (signer: Signer, type: string, payload: object): MaybePromise<string> => {
  const input = `${headerOf(signer, type)}.${encode(payload)}`
  return andThen(signature(signer, input), (bytes) => `${input}.${bytes.toString('base64url')}`)
}

/** The encoded headers of a signer, by type: there are three types. */
const headers = new WeakMap<Signer, Map<string, string>>()

const headerOf = (signer: Signer, type: string): string => {
  const ofSigner = headers.get(signer) ?? new Map<string, string>()
  const known = ofSigner.get(type)
  if (known !== undefined) return known
  const header = encode({ alg: signer.algorithm, typ: type, kid: signer.id })
  headers.set(signer, ofSigner.set(type, header))
  return header
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The signature of RFC 7518 section 3, or RFC 8037 for EdDSA. Three times as fast as with Web Crypto. */
const signature = ({ algorithm, key }: Signer, input: string): MaybePromise<Buffer> => {
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
