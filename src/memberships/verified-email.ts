/**
 * The address that an identity provider has verified (OpenID Connect Core section 5.1), as accounts have it; null if it says of
 * none that it is verified. It is what identifies a member.
 */
export const verifiedEmailOf = ({
  email,
  email_verified: verified,
}: {
  readonly [claim: string]: unknown
}): string | null => (typeof email === 'string' && verified === true ? email.normalize('NFC').toLowerCase() : null)
