import { useData } from '../../data/use-data.ts'
import { KeySuspensionDocument } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { isAboutKey } from './about-key.ts'
import type { KeyFacts } from './key-facts.ts'

/** The id of who suspended a key last; null where it is not suspended, or where the person may not know. */
export const useSuspendedBy = (key: KeyFacts): string | null => {
  const rights = useRights()
  const { data } = useData(
    KeySuspensionDocument,
    { organizationId: key.organization.id, keyId: key.id },
    { pause: key.status !== 'SUSPENDED' || !rights.has('audit', 'VIEWER'), concerns: isAboutKey(key.id) },
  )
  return data?.organization?.auditEvents?.edges[0]?.node.actor.id ?? null
}
