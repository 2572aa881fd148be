import type { HistoryEventFragment } from '../../generated/graphql.ts'

/** An access token that was made from a key, as the audit log tells. */
export interface IssuedToken {
  readonly tokenId: string
  readonly scope: string
  readonly audience: string
  readonly issuedAt: string
  readonly expiresAt: string
  readonly revokedAt: string | null
  readonly address: string | null
  readonly userAgent: string | null
}

const textIn = (details: Record<string, unknown>, name: string): string => {
  const value = details[name]
  return typeof value === 'string' ? value : ''
}

/** The tokens that the events tell of, newest first. */
export const tokensOf = (events: readonly HistoryEventFragment[]): IssuedToken[] => {
  const ended = new Map(
    events
      .filter(({ type }) => type === 'TOKEN_REVOKED')
      .map(({ details, occurredAt }) => [textIn(details, 'tokenId'), occurredAt]),
  )
  return events
    .filter(({ type }) => type === 'TOKEN_ISSUED')
    .map(({ details, occurredAt, ipAddress, userAgent }) => ({
      tokenId: textIn(details, 'tokenId'),
      scope: textIn(details, 'scope'),
      audience: textIn(details, 'audience'),
      issuedAt: occurredAt,
      expiresAt: textIn(details, 'expiresAt'),
      revokedAt: ended.get(textIn(details, 'tokenId')) ?? null,
      address: ipAddress ?? null,
      userAgent: userAgent ?? null,
    }))
}

/** Whether a token still works, as far as its own expiry and revocation say. */
export const isLive = (token: IssuedToken, now: number): boolean =>
  token.revokedAt === null && new Date(token.expiresAt).getTime() > now
