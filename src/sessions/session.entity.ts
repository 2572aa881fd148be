import { EntitySchema } from 'typeorm'
import * as column from '../persistence/columns.ts'

/** A sign-in at the console. The row exists for as long as the session does. */
export interface SessionRow {
  id: string
  /** SHA-256, hex, of the token in the cookie. */
  tokenHash: string
  userId: string
  /** The organization of the key; of a sign-in at the identity provider, the person's first one. Its audit log has the events. */
  organizationId: string
  /** The personal access key that the person signed in with; null for a sign-in at the identity provider. */
  keyId: string | null
  /** The secret of the key that was presented. */
  secretId: string | null
  /** The key's `tokenEpoch` at the sign-in: a suspension ends the session for good. */
  keyEpoch: number | null
  createdAt: Date
  lastUsedAt: Date
  /** When it ends in any case. */
  expiresAt: Date
  /** Address and program of the sign-in. */
  ipAddress: string | null
  userAgent: string | null
}

export const SessionEntity = new EntitySchema<SessionRow>({
  name: 'ConsoleSession',
  tableName: 'console_sessions',
  columns: {
    id: column.id('id', { primary: true }),
    tokenHash: column.text('token_hash', 64),
    userId: column.id('user_id'),
    organizationId: column.id('organization_id'),
    keyId: column.id('key_id', { nullable: true }),
    secretId: column.id('secret_id', { nullable: true }),
    keyEpoch: column.integer('key_epoch', { nullable: true }),
    createdAt: column.instant('created_at'),
    lastUsedAt: column.instant('last_used_at'),
    expiresAt: column.instant('expires_at'),
    ipAddress: column.text('ip_address', 45, { nullable: true }),
    userAgent: column.text('user_agent', 256, { nullable: true }),
  },
  indices: [
    { name: 'console_sessions_token', columns: ['tokenHash'], unique: true },
    { name: 'console_sessions_user', columns: ['userId', 'createdAt', 'id'] },
    { name: 'console_sessions_key', columns: ['keyId'] },
    { name: 'console_sessions_expiry', columns: ['expiresAt'] },
    { name: 'console_sessions_use', columns: ['lastUsedAt'] },
  ],
})

/** A single-use code that signs the owner of a key in, until it expires. */
export interface SignInCodeRow {
  /** SHA-256, hex, of the code. */
  codeHash: string
  keyId: string
  secretId: string
  keyEpoch: number
  expiresAt: Date
}

export const SignInCodeEntity = new EntitySchema<SignInCodeRow>({
  name: 'SignInCode',
  tableName: 'sign_in_codes',
  columns: {
    codeHash: column.text('code_hash', 64, { primary: true }),
    keyId: column.id('key_id'),
    secretId: column.id('secret_id'),
    keyEpoch: column.integer('key_epoch'),
    expiresAt: column.instant('expires_at'),
  },
  indices: [{ name: 'sign_in_codes_expiry', columns: ['expiresAt'] }],
})

/** The tables of this folder. */
export const sessionEntities = [SessionEntity, SignInCodeEntity]
