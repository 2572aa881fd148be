import { useEffect, useState } from 'react'
import { useClient } from 'urql'
import { type Grant, holds } from '../../kernel/grants.ts'
import { createLiveClient } from '../data/clients.ts'
import { BelowFeeds } from '../data/below-feeds.ts'
import type { LiveContext } from '../data/console-context.ts'
import { findBelow } from '../data/find-below.ts'
import { LiveFeed } from '../data/live-feed.ts'
import { RefreshSignal } from '../data/refresh.ts'
import { LiveStartDocument, type LiveStartQuery, type LiveStartQueryVariables } from '../generated/graphql.ts'
import { leaveForSignIn } from '../session/leave.ts'

/** Follows the key events of an organization from when the grants are known. Another organization ends the feed before. */
export const useOrganizationFeed = (organizationId: string, grants: readonly Grant[] | null): LiveContext | null => {
  const queries = useClient()
  const [live, setLive] = useState<LiveContext | null>(null)
  const isReady = grants !== null
  const readsAudit = grants !== null && holds(grants, 'audit', 'VIEWER')
  const readsKeys = grants !== null && holds(grants, 'keys', 'VIEWER')
  useEffect(() => {
    if (!isReady) return
    const client = createLiveClient()
    const refresh = new RefreshSignal()
    const findStart = async () => {
      if (!readsAudit) return undefined
      const { data } = await queries
        .query<LiveStartQuery, LiveStartQueryVariables>(LiveStartDocument.toString(), { organizationId })
        .toPromise()
      return data?.organization?.auditEvents?.edges[0]?.node.sequence
    }
    const onSignedOut = ({ reason }: { readonly reason?: string }) => leaveForSignIn(reason)
    const feed = new LiveFeed({ client, organizationId, refresh, findStart, onSignedOut })
    const below = readsKeys
      ? new BelowFeeds({ client, refresh, findBelow: (limit) => findBelow(queries, organizationId, limit) })
      : null
    const unfollow = refresh.followVisibility()
    setLive({ organizationId, feed, below, refresh })
    void feed.start()
    return () => {
      unfollow()
      below?.stop()
      feed.stop()
      void client.dispose()
    }
  }, [queries, organizationId, isReady, readsAudit, readsKeys])
  return live
}
