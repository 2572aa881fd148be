import { EntitySchema } from 'typeorm'
import * as column from '../persistence/columns.ts'

/** NEXT is published before it signs, so that verifiers that cache the key set know it by then. */
export type SigningKeyState = 'NEXT' | 'CURRENT' | 'RETIRING'
export type SigningAlgorithm = 'ES256' | 'EdDSA' | 'RS256'

export interface SigningKeyRow {
  /** `kid` of the tokens that it signs. */
  id: string
  algorithm: SigningAlgorithm
  state: SigningKeyState
  /** The public JWK (RFC 7517), as JSON. */
  publicJwk: string
  /** The private JWK, encrypted under a master key (JWE compact, RFC 7516). */
  privateJwe: string
  createdAt: Date
  /** When it started to sign; null for the next key. */
  currentFrom: Date | null
  /** When its last token has expired and it leaves the key set; null unless it is retiring. */
  publishedUntil: Date | null
}

export const SigningKeyEntity = new EntitySchema<SigningKeyRow>({
  name: 'SigningKey',
  tableName: 'signing_keys',
  columns: {
    id: column.text('id', 64, { primary: true }),
    algorithm: column.text('algorithm', 10),
    state: column.text('state', 10),
    publicJwk: column.longText('public_jwk'),
    privateJwe: column.longText('private_jwe'),
    createdAt: column.instant('created_at'),
    currentFrom: column.instant('current_from', { nullable: true }),
    publishedUntil: column.instant('published_until', { nullable: true }),
  },
  indices: [{ name: 'signing_keys_state', columns: ['state'] }],
})

/** A revoked access token. The row may be deleted once the token has expired. */
export interface RevokedTokenRow {
  /** `jti` of the token. */
  id: string
  keyId: string
  expiresAt: Date
}

export const RevokedTokenEntity = new EntitySchema<RevokedTokenRow>({
  name: 'RevokedToken',
  tableName: 'revoked_tokens',
  columns: {
    id: column.id('id', { primary: true }),
    keyId: column.id('key_id'),
    expiresAt: column.instant('expires_at'),
  },
  indices: [{ name: 'revoked_tokens_expiry', columns: ['expiresAt'] }],
})
