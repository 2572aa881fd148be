import { useEffect, useRef } from 'react'
import { LiveStartDocument } from '../generated/graphql.ts'
import { useRights } from '../rights/rights.ts'
import { useLive } from './console-context.ts'
import { useData } from './use-data.ts'
import { usePolling } from './use-polling.ts'

const EVERY_MS = 3_000

/**
 * Loads the screen again when anything is written to the audit log: the live feed has the events about keys, but not those
 * about people, policies and routes. Needs audit:viewer; without it the screen follows keys alone.
 */
export const useLogRefresh = (organizationId: string): void => {
  const mayRead = useRights().has('audit', 'VIEWER')
  const live = useLive()
  const { data, reload } = useData(LiveStartDocument, { organizationId }, { live: false, pause: !mayRead })
  usePolling(reload, EVERY_MS, mayRead)
  const head = data?.organization?.auditEvents?.edges[0]?.node.sequence
  const seen = useRef(head)
  useEffect(() => {
    if (head === undefined || head === seen.current) return
    // The first head is the one that the screen was loaded with.
    if (seen.current !== undefined) live?.refresh.request()
    seen.current = head
  }, [head, live])
}
