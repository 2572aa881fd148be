import { mapInSlices } from '../kernel/in-slices.ts'
import { placeHashOf, placeOf } from './find.ts'
import type { FoundCredential } from './found-credentials.ts'

/** What can be found, in the order in which its leaks are written. */
export const LEAK_KINDS = ['secret', 'invitation', 'session'] as const
export type LeakKind = (typeof LEAK_KINDS)[number]

/** Where a credential was found, without the credential. */
export interface LeakedAt {
  /** SHA-256, hex, of the reporter and the place. */
  readonly placeHash: string
  readonly foundAt: string | null
  readonly foundIn: string | null
}

/** A stored credential that was found. It does not contain the credential, so it may be stored. */
export interface Leak extends LeakedAt {
  /** The id of the secret, invitation or session. */
  readonly credentialId: string
  /** What ends because of it, in one transaction: the key of a secret, otherwise the credential itself. */
  readonly targetId: string
  readonly organizationId: string
}

/** The leaks of a kind. */
export interface LeaksOfKind {
  readonly kind: LeakKind
  readonly leaks: readonly Leak[]
}

/** The leaks of what was found, by their kinds. */
export const leaksOf = async (
  found: readonly (FoundCredential | null)[],
  reportedBy: string,
): Promise<LeaksOfKind[]> => {
  const leaks = await mapInSlices(found, (one) =>
    one === null ? null : { kind: one.kind, leak: leakOf(one, reportedBy) },
  )
  return LEAK_KINDS.map((kind) => ({ kind, leaks: leaks.flatMap((one) => (one?.kind === kind ? [one.leak] : [])) }))
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
      return { credentialId, targetId, organizationId }
    }
    case 'invitation': {
      const { id, organizationId } = found.invitation
      return { credentialId: id, targetId: id, organizationId }
    }
    case 'session': {
      const { id, organizationId } = found.session
      return { credentialId: id, targetId: id, organizationId }
    }
  }
}
