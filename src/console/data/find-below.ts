import type { Client } from 'urql'
import { readFragment } from '../generated/fragment-masking.ts'
import { LiveBelowChildFragmentDoc, LiveBelowDocument, type LiveBelowQuery } from '../generated/graphql.ts'

interface Branch {
  readonly id: string
  /** Missing on the last level that one request reads. */
  readonly suborganizations?: readonly Branch[]
}

/** The ids of the organizations below one, at most `limit` of them. Null where they cannot be read now. */
export const findBelow = async (queries: Client, rootId: string, limit: number): Promise<string[] | null> => {
  const found: string[] = []
  const roots = [rootId]
  for (let root = roots.pop(); root !== undefined && found.length < limit; root = roots.pop()) {
    const { data } = await queries
      .query<LiveBelowQuery>(LiveBelowDocument.toString(), { id: root }, { requestPolicy: 'network-only' })
      .toPromise()
    if (data?.organization == null) return null
    const branches: Branch[] = data.organization.suborganizations.map((one) =>
      readFragment(LiveBelowChildFragmentDoc, one),
    )
    for (let branch = branches.pop(); branch !== undefined; branch = branches.pop()) {
      found.push(branch.id)
      if (branch.suborganizations === undefined) roots.push(branch.id)
      else branches.push(...branch.suborganizations)
    }
  }
  return found.slice(0, limit)
}
