import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useData } from '../../data/use-data.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import {
  KeyCountDocument,
  KeyListDocument,
  KeyPageInfoFragmentDoc,
  KeyRowFragmentDoc,
} from '../../generated/graphql.ts'
import { useRights } from '../../rights/rights.ts'
import { filterOf, listOf, orderOf, pageOf } from './key-query.ts'
import { connectionOf, useRowPatches } from './use-row-patches.ts'

const route = getRouteApi('/console/$organizationId/keys')

/** The list that the address and the person's rights decide on. While it is held, its rows change but do not move. */
export const useKeyList = (hold: boolean) => {
  const { organizationId } = route.useParams()
  const search = route.useSearch()
  const { has, denied } = useRights()
  // To the minute: filters by time must not change with each rendering.
  const [now] = useState(() => Math.floor(Date.now() / 60_000) * 60_000)
  const filter = filterOf(search, now)
  const list = listOf(search, has('keys', 'MANAGER'))
  const usage = has('keys', 'OPERATOR')
  const orderBy = orderOf(search)
  const patches = useRowPatches({ organizationId, orderBy, ...list, usage })
  const page = useData(
    KeyListDocument,
    { organizationId, filter, orderBy, ...pageOf(search), ...list, usage },
    { reach: 'below', hold, patch: (events) => patches.load(events, loaded) },
  )
  // Counting reads every key that matches: the page must not wait behind it.
  const count = useData(
    KeyCountDocument,
    { organizationId, filter, ...list },
    { pause: page.data === undefined, reach: 'below' },
  )
  const connection = connectionOf(page.data)
  const loaded = connection?.edges.map(({ node }) => readFragment(KeyRowFragmentDoc, node)) ?? []
  return {
    organizationId,
    search,
    filter,
    list,
    usage,
    page,
    rows: connection == null ? null : patches.apply(loaded, page.isLoading),
    info: connection == null ? null : readFragment(KeyPageInfoFragmentDoc, connection.pageInfo),
    total: connectionOf(count.data)?.totalCount ?? null,
    personalDenied: denied('keys', 'MANAGER'),
  }
}
