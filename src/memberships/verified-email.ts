/**
 * The e-mail address that an identity provider has verified (OpenID Connect Core section 5.1), normalized as for users; null
 * without a verified one. It identifies the member.
 */
export const verifiedEmailOf = ({
  email,
  email_verified: verified,
}: {
  readonly [claim: string]: unknown
}): string | null => (typeof email === 'string' && verified === true ? email.normalize('NFC').toLowerCase() : null)
