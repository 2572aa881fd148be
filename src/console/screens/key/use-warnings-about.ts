import { useEffect, useState } from 'react'
import { useData } from '../../data/use-data.ts'
import { useLiveEvents } from '../../data/use-live-events.ts'
import { KeyOpenWarningsDocument, type KeyOpenWarningsQuery } from '../../generated/graphql.ts'
import { isAboutKey } from './about-key.ts'
import type { KeyFacts } from './key-facts.ts'

type Connection = NonNullable<NonNullable<KeyOpenWarningsQuery['organization']>['expiryWarnings']>
export type OpenWarning = Connection['edges'][number]['node']

/** Pages of 100 that are searched: the list is of the organization, newest first. */
const MOST_PAGES = 20

/** The open warnings about a key. After a rotation it has another end, and what was said about the old one is settled. */
export const useWarningsAbout = (key: KeyFacts, pause: boolean): readonly OpenWarning[] => {
  const [page, setPage] = useState<{ readonly number: number; readonly after: string | null }>({
    number: 1,
    after: null,
  })
  const variables = { organizationId: key.organization.id, after: page.after }
  const { data, isLoading } = useData(KeyOpenWarningsDocument, variables, { pause, concerns: isAboutKey(key.id) })
  const list = data?.organization?.expiryWarnings
  const found = (list?.edges ?? [])
    .map(({ node }) => node)
    .filter((node) => node.key.id === key.id && node.expiresAt === key.expiresAt)
  const next = list?.pageInfo.hasNextPage ? (list.pageInfo.endCursor ?? null) : null
  const isElsewhere = !isLoading && found.length === 0 && next !== null && page.number < MOST_PAGES
  useEffect(() => {
    if (isElsewhere) setPage(({ number }) => ({ number: number + 1, after: next }))
  }, [isElsewhere, next])
  // A new warning is on the first page.
  useLiveEvents(({ type, targetId }) => {
    if (type === 'KEY_EXPIRY_WARNING' && targetId === key.id) setPage({ number: 1, after: null })
  })
  return found
}
