import { useState } from 'react'
import { useClient } from 'urql'
import type { LiveEvent } from '../../data/live-feed.ts'
import { readFragment } from '../../generated/fragment-masking.ts'
import {
  KeyListDocument,
  type KeyListQuery,
  type KeyListQueryVariables,
  type KeyRowFragment,
  KeyRowFragmentDoc,
} from '../../generated/graphql.ts'

/** The list that a query asked for: the one of three that it included. */
export const connectionOf = <Connection>(
  data:
    | {
        readonly organization?: {
          readonly keys?: Connection | null
          readonly apiKeys?: Connection | null
          readonly personalAccessKeys?: Connection | null
        } | null
      }
    | undefined,
): Connection | null | undefined => {
  const organization = data?.organization
  return organization?.keys ?? organization?.apiKeys ?? organization?.personalAccessKeys
}

interface Patches {
  /** The page that they are newer than. */
  readonly page: unknown
  readonly rows: ReadonlyMap<string, KeyRowFragment>
}

const NONE: ReadonlyMap<string, KeyRowFragment> = new Map()

/** Loads single rows of the list again, by their ids: in place of the whole page while many keys change. */
export const useRowPatches = (
  shared: Omit<KeyListQueryVariables, 'filter' | 'first' | 'after' | 'last' | 'before'>,
) => {
  const client = useClient()
  const [patches, setPatches] = useState<Patches>({ page: null, rows: NONE })

  const load = async (events: readonly LiveEvent[], shown: readonly KeyRowFragment[]): Promise<void> => {
    const changed = new Set(events.map(({ targetId }) => targetId))
    const ids = shown.map(({ id }) => id).filter((id) => changed.has(id))
    if (ids.length === 0) return
    const variables = { ...shared, filter: { ids, includeSuborganizations: true }, first: ids.length }
    const { data } = await client
      .query<KeyListQuery, KeyListQueryVariables>(KeyListDocument.toString(), variables, {
        requestPolicy: 'network-only',
      })
      .toPromise()
    const found = connectionOf(data)?.edges.map(({ node }) => readFragment(KeyRowFragmentDoc, node)) ?? []
    setPatches(({ page, rows }) => ({ page, rows: new Map([...rows, ...found.map((row) => [row.id, row] as const)]) }))
  }

  const apply = (rows: readonly KeyRowFragment[], page: unknown): readonly KeyRowFragment[] => {
    if (patches.page !== page) setPatches({ page, rows: NONE })
    return rows.map((row) => (patches.page === page ? (patches.rows.get(row.id) ?? row) : row))
  }

  return { load, apply }
}
