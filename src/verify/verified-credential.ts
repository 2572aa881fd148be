/** A valid credential and its claims. */
export interface VerifiedCredential {
  readonly kind: 'access_token' | 'api_key' | 'personal_access_key'
  readonly keyId: string
  /** Id of the API key, or of the user of a personal access key. */
  readonly subject: string
  readonly organizationId: string
  readonly projectId: string | null
  /** Grants, each as `module:role`. */
  readonly scope: readonly string[]
  /** When the credential itself expires. */
  readonly expiresAt: Date | null
  /**
   * When the key expires that the credential belongs to; null if it does not expire. For a token, as of its issuance: the key
   * may have been rotated since.
   */
  readonly keyExpiresAt: Date | null
  /** `jti` of an access token. */
  readonly tokenId: string | null
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const instant = (value: unknown): Date | null => (typeof value === 'number' ? new Date(value * 1000) : null)

const KINDS: Readonly<Record<string, VerifiedCredential['kind']>> = {
  access_token: 'access_token',
  api_key: 'api_key',
  personal_access_key: 'personal_access_key',
}

/** Reads the claims of a token or of an introspection response. Null if a required one is missing. */
export const credentialOf = (claims: unknown, kind?: VerifiedCredential['kind']): VerifiedCredential | null => {
  if (!isRecord(claims)) return null
  const found = kind ?? KINDS[text(claims.token_type) ?? '']
  const [keyId, subject, organizationId] = [text(claims.client_id), text(claims.sub), text(claims.org)]
  if (found === undefined || keyId === null || subject === null || organizationId === null) return null
  return Object.freeze({
    kind: found,
    keyId,
    subject,
    organizationId,
    projectId: text(claims.project),
    scope: Object.freeze((text(claims.scope) ?? '').split(' ').filter((part) => part !== '')),
    expiresAt: instant(claims.exp),
    keyExpiresAt: instant(claims.key_expires_at),
    tokenId: text(claims.jti),
  })
}
