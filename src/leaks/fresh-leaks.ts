import type { Reader } from '../persistence/database.ts'
import { findRevokedTokens } from '../tokens/tokens.store.ts'
import type { Leak, LeakKind, LeaksOfKind } from './leak.ts'
import { findKnownPlaces } from './leaked-places.store.ts'

/** Without the leaks that were reported before, so that a repeated report is neither stored nor waits for a transaction. */
export const freshLeaks = async (reader: Reader, leaks: readonly LeaksOfKind[]): Promise<LeaksOfKind[]> => {
  const fresh: LeaksOfKind[] = []
  for (const { kind, leaks: own } of leaks) fresh.push({ kind, leaks: await freshOf(reader, kind, own) })
  return fresh
}

const freshOf = async (reader: Reader, kind: LeakKind, leaks: readonly Leak[]): Promise<readonly Leak[]> => {
  switch (kind) {
    case 'secret': {
      const known = await findKnownPlaces(reader, leaks)
      return leaks.filter((leak) => !known.has(leak))
    }
    case 'token': {
      const ids = leaks.map(({ credentialId }) => credentialId)
      const revoked = await findRevokedTokens(reader, ids)
      return leaks.filter(({ credentialId }) => !revoked.has(credentialId))
    }
    // Those that have ended were not found, or are left out already.
    case 'invitation':
    case 'session':
      return leaks
  }
}
