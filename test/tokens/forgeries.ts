import { createHmac, createPublicKey } from 'node:crypto'
import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose'
import { MasterKeys } from '../../src/tokens/master-keys.ts'
import { SigningKeyEntity } from '../../src/tokens/signing-key.entity.ts'
import type { TestApp } from '../support/boot.ts'
import { claimsOf, headerOf } from '../support/tokens.ts'

/** A good token, and all that somebody would need to make others like it. */
export interface Forge {
  readonly app: TestApp
  readonly token: string
  /** Another good token of the same key. */
  readonly another: string
  readonly publicJwk: JWK
  /** Signs claims with the service's own key, which nobody but the service has. */
  readonly signAsService: (claims: object, header?: object) => Promise<string>
}

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const hmac = (input: string, secret: string | Buffer): string =>
  `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`

const TEST_MASTER_KEY = Buffer.alloc(32)

export const forgeOf = async (app: TestApp, token: string, another: string): Promise<Forge> => {
  const { kid } = headerOf(token)
  const rows = await app.app.parts.sources.reading.manager.find(SigningKeyEntity)
  const row = rows.find(({ id }) => id === kid)
  if (row === undefined) throw new Error('The token names no signing key.')
  const privateJwk: JWK = JSON.parse(await new MasterKeys([TEST_MASTER_KEY]).decrypt(row.privateJwe))
  return {
    app,
    token,
    another,
    publicJwk: JSON.parse(row.publicJwk),
    signAsService: (claims, header = {}) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: row.id, ...header })
        .sign(privateJwk, { crit: { 'urn:example': true } }),
  }
}

const partsOf = (token: string): [string, string, string] => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  return [header, payload, signature]
}

const withHeader = ({ token }: Forge, change: object): string => {
  const [, payload, signature] = partsOf(token)
  return `${encode({ ...headerOf(token), ...change })}.${payload}.${signature}`
}

/** With claims of a forger's own, and no way to sign them. */
const withClaims = ({ token }: Forge, change: object): string => {
  const [header, , signature] = partsOf(token)
  return `${header}.${encode({ ...claimsOf(token), ...change })}.${signature}`
}

const unsigned = ({ token }: Forge, alg: string): string =>
  `${encode({ ...headerOf(token), alg })}.${partsOf(token)[1]}.`

/** The confusion of a public key with a shared secret. */
const byPublicKey = ({ token, publicJwk }: Forge, secretOf: (jwk: JWK) => string | Buffer): string =>
  hmac(`${encode({ ...headerOf(token), alg: 'HS256' })}.${partsOf(token)[1]}`, secretOf(publicJwk))

const byOwnKey = async ({ token }: Forge, headerOfKey: (jwk: JWK) => object): Promise<string> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  return new CompactSign(Buffer.from(partsOf(token)[1], 'base64url'))
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...headerOfKey(await exportJWK(publicKey)) })
    .sign(privateKey)
}

const resigned = ({ token, signAsService }: Forge, change: object, header: object = {}): Promise<string> =>
  signAsService({ ...claimsOf(token), ...change }, header)

const pem = (jwk: JWK, type: 'pem' | 'der') => {
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  return type === 'pem' ? key.export({ type: 'spki', format: 'pem' }) : key.export({ type: 'spki', format: 'der' })
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds

export const FORGERIES: readonly (readonly [string, (forge: Forge) => string | Promise<string>])[] = [
  ['alg none', (forge) => unsigned(forge, 'none')],
  ['alg None', (forge) => unsigned(forge, 'None')],
  ['alg nOnE, with the signature', (forge) => withHeader(forge, { alg: 'nOnE' })],
  ['no alg', (forge) => withHeader(forge, { alg: undefined })],
  ['HS256 by the public key as PEM', (forge) => byPublicKey(forge, (jwk) => pem(jwk, 'pem'))],
  ['HS256 by the public key as DER', (forge) => byPublicKey(forge, (jwk) => pem(jwk, 'der'))],
  ['HS256 by the public JWK', (forge) => byPublicKey(forge, (jwk) => JSON.stringify(jwk))],
  ['HS256 by a coordinate', (forge) => byPublicKey(forge, (jwk) => Buffer.from(jwk.x ?? '', 'base64url'))],
  ['HS256 by nothing', (forge) => byPublicKey(forge, () => '')],
  ['another alg for the same key', (forge) => withHeader(forge, { alg: 'RS256' })],
  ['an own key under the kid', (forge) => byOwnKey(forge, () => ({ kid: forge.publicJwk.kid }))],
  ['an own key in the header', (forge) => byOwnKey(forge, (jwk) => ({ kid: forge.publicJwk.kid, jwk }))],
  ['an own key under an unknown kid', (forge) => byOwnKey(forge, () => ({ kid: 'x' }))],
  ['an own key without a kid', (forge) => byOwnKey(forge, () => ({}))],
  ['a kid of the prototype', (forge) => byOwnKey(forge, () => ({ kid: '__proto__' }))],
  ['a kid that is a path', (forge) => byOwnKey(forge, () => ({ kid: '../../etc/passwd' }))],
  ['a key to be fetched', (forge) => byOwnKey(forge, () => ({ jku: 'http://127.0.0.1:9/', kid: 'x' }))],
  ['claims of more', (forge) => withClaims(forge, { scope: '*:owner' })],
  ['claims of another key', (forge) => withClaims(forge, { client_id: 'key_00000000000040008000000000000000' })],
  [
    "another token's claims",
    ({ token, another }) => `${partsOf(token)[0]}.${partsOf(another)[1]}.${partsOf(token)[2]}`,
  ],
  [
    "another token's signature",
    ({ token, another }) => `${partsOf(token)[0]}.${partsOf(token)[1]}.${partsOf(another)[2]}`,
  ],
  ['the header alone', ({ token }) => partsOf(token)[0]],
  ['no signature', ({ token }) => token.slice(0, token.lastIndexOf('.') + 1)],
  ['no signature and no dot', ({ token }) => token.slice(0, token.lastIndexOf('.'))],
  ['a signature that is cut off', ({ token }) => token.slice(0, -1)],
  ['a part too many', ({ token }) => `${token}.${partsOf(token)[2]}`],
  ['padding', ({ token }) => `${token}==`],
  ['other spare bits at its end', ({ token }) => otherSpareBits(token)],
  ['no claims', ({ token }) => `${partsOf(token)[0]}..${partsOf(token)[2]}`],
  ['claims that are no JSON', ({ token }) => `${partsOf(token)[0]}.${encode('{')}.${partsOf(token)[2]}`],
  ['something endless behind it', ({ token }) => `${token}${'A'.repeat(9_000)}`],
  ['a signature, and another issuer', (forge) => resigned(forge, { iss: 'https://elsewhere.example' })],
  [
    'a signature, and an expiry that has passed',
    (forge) => resigned(forge, { iat: inSeconds(-7_200), exp: inSeconds(-1) }),
  ],
  ['a signature, and no expiry', (forge) => resigned(forge, { exp: undefined })],
  ['a signature, and an expiry before its issue', (forge) => resigned(forge, { exp: inSeconds(-1) })],
  [
    'a signature, and an issue in the future',
    (forge) => resigned(forge, { iat: inSeconds(300), exp: inSeconds(3_900) }),
  ],
  ['a signature, and a beginning in the future', (forge) => resigned(forge, { nbf: inSeconds(300) })],
  ['a signature, and times that are texts', (forge) => resigned(forge, { iat: 'now', exp: 'tomorrow' })],
  ['a signature, and no key', (forge) => resigned(forge, { client_id: undefined })],
  [
    'a signature, and an unknown key',
    (forge) => resigned(forge, { client_id: 'key_00000000000040008000000000000000' }),
  ],
  [
    'a signature, and an unknown secret',
    (forge) => resigned(forge, { key_secret: 'sec_00000000000040008000000000000000' }),
  ],
  ['a signature, and a later epoch', (forge) => resigned(forge, { key_epoch: 99 })],
  ['a signature, and two audiences', (forge) => resigned(forge, { aud: [forge.app.url, 'build'] })],
  ['a signature, and the type of another JWT', (forge) => resigned(forge, {}, { typ: 'JWT' })],
  ['a signature, and the type of a checkpoint', (forge) => resigned(forge, {}, { typ: 'keyturn-checkpoint+jws' })],
  ['a signature, and no type', (forge) => resigned(forge, {}, { typ: undefined })],
  [
    'a signature, and an extension that must be understood',
    (forge) => resigned(forge, {}, { crit: ['urn:example'], 'urn:example': 1 }),
  ],
]

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The same bytes in another text: of the last character, four bits say nothing. */
const otherSpareBits = (token: string): string => {
  const last = ALPHABET.indexOf(token.slice(-1))
  return token.slice(0, -1) + ALPHABET[last % 16 === 15 ? last - 1 : last + 1]
}
