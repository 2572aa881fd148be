import { useData } from '../../data/use-data.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import { HistoryEventFragmentDoc, KeyTokenEventsDocument } from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { isAboutKey } from './about-key.ts'
import type { KeyFacts } from './key-facts.ts'
import { type IssuedToken, tokensOf } from './live-tokens.ts'

export interface TokenList {
  /** Newest first; null where the person may not read them, or while they load. */
  readonly tokens: readonly IssuedToken[] | null
  /** Whether there are older ones. */
  readonly hasMore: boolean
}

/** The newest access tokens that were made from a key. Needs audit:viewer. */
export const useTokens = (key: KeyFacts): TokenList => {
  const rights = useRights()
  const { data } = useData(
    KeyTokenEventsDocument,
    { organizationId: key.organization.id, keyId: key.id, origins: rights.has('audit', 'MANAGER') },
    { pause: !rights.has('audit', 'VIEWER'), concerns: isAboutKey(key.id) },
  )
  const events = data?.organization?.auditEvents
  if (!events) return { tokens: null, hasMore: false }
  const nodes = events.edges.map(({ node }) => readFragment(HistoryEventFragmentDoc, node))
  return { tokens: tokensOf(nodes), hasMore: events.pageInfo.hasNextPage }
}
