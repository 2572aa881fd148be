import { mapInSlices } from '../kernel/in-slices.ts'
import type { EndingToken } from '../tokens/revoke-tokens.ts'
import { placeHashOf, placeOf } from './find.ts'
import type { FoundCredential } from './found-credentials.ts'

/** What can be found, in the order in which its leaks are written. */
export const LEAK_KINDS = ['secret', 'invitation', 'session', 'token'] as const
export type LeakKind = (typeof LEAK_KINDS)[number]

/** Where a credential was found, without the credential. */
export interface LeakedAt {
  /** SHA-256, hex, of the reporter and the place. */
  readonly placeHash: string
  readonly foundAt: string | null
  readonly foundIn: string | null
}

/** A credential that was found. It does not contain the credential, so it may be stored. */
export interface Leak extends LeakedAt {
  /** The id of the secret, invitation, session or access token. */
  readonly credentialId: string
  /** What ends because of it, in one transaction: the key of a secret, otherwise the credential itself. */
  readonly targetId: string
  readonly organizationId: string
  /** The access token; null where another credential was found. */
  readonly token: EndingToken | null
}

/** The leaks of a kind. */
export interface LeaksOfKind {
  readonly kind: LeakKind
  readonly leaks: readonly Leak[]
}

/** Places of one secret that are recorded. Whoever holds a secret can publish it as often as they like. */
export const MOST_PLACES = 100

/**
 * The leaks of what was found, by their kinds: each secret once for each place, and other credentials once. Without those
 * that have ended.
 */
export const leaksOf = async (
  found: readonly (FoundCredential | null)[],
  reportedBy: string,
  now: Date,
): Promise<LeaksOfKind[]> => {
  const leaks = await mapInSlices(found, (one) =>
    one === null || hasEnded(one, now) ? null : { kind: one.kind, leak: leakOf(one, reportedBy) },
  )
  return LEAK_KINDS.map((kind) => {
    const own = leaks.flatMap((one) => (one?.kind === kind ? [one.leak] : []))
    return { kind, leaks: kind === 'secret' ? distinctPlaces(own) : distinct(own) }
  })
}

const hasEnded = (found: FoundCredential, now: Date): boolean => {
  if (found.kind === 'invitation') return found.invitation.acceptedAt !== null || found.invitation.revokedAt !== null
  return found.kind === 'token' && found.token.expiresAt <= now
}

const distinct = (leaks: readonly Leak[]): Leak[] => {
  const first = new Map<string, Leak>()
  for (const leak of leaks) if (!first.has(leak.credentialId)) first.set(leak.credentialId, leak)
  return [...first.values()]
}

const distinctPlaces = (leaks: readonly Leak[]): Leak[] => {
  const known = new Map<string, Set<string>>()
  return leaks.filter(({ credentialId, placeHash }) => {
    const places = known.get(credentialId) ?? new Set()
    if (places.has(placeHash) || places.size >= MOST_PLACES) return false
    known.set(credentialId, places.add(placeHash))
    return true
  })
}

const leakOf = (found: FoundCredential, reportedBy: string): Leak => ({
  ...credentialOf(found),
  placeHash: placeHashOf(reportedBy, found.find),
  ...placeOf(found.find),
})

const credentialOf = (found: FoundCredential): Omit<Leak, keyof LeakedAt> => {
  switch (found.kind) {
    case 'secret': {
      const { id: credentialId, keyId: targetId, organizationId } = found.secret
      return { credentialId, targetId, organizationId, token: null }
    }
    case 'invitation': {
      const { id, organizationId } = found.invitation
      return { credentialId: id, targetId: id, organizationId, token: null }
    }
    case 'session': {
      const { id, organizationId } = found.session
      return { credentialId: id, targetId: id, organizationId, token: null }
    }
    case 'token': {
      const { token, organizationId } = found
      return { credentialId: token.id, targetId: token.id, organizationId, token }
    }
  }
}
