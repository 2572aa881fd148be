import { useState } from 'react'
import { useClient } from 'urql'
import type { LiveEvent } from '../../data/live-event.ts'
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

const NONE: ReadonlyMap<string, KeyRowFragment> = new Map()

/** Loads single rows of the list again, by their ids: in place of the whole page while many keys change. */
export const useRowPatches = (
  shared: Omit<KeyListQueryVariables, 'filter' | 'first' | 'after' | 'last' | 'before'>,
) => {
  const client = useClient()
  const [patches, setPatches] = useState(NONE)
  const [wasLoading, setWasLoading] = useState(false)

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
    setPatches((known) => new Map([...known, ...found.map((row) => [row.id, row] as const)]))
  }

  /** The rows with what is known to be newer. Whatever the whole page brings is newer than that. */
  const apply = (rows: readonly KeyRowFragment[], isLoading: boolean): readonly KeyRowFragment[] => {
    if (isLoading !== wasLoading) {
      setWasLoading(isLoading)
      if (!isLoading) setPatches(NONE)
    }
    return patches.size === 0 ? rows : rows.map((row) => patches.get(row.id) ?? row)
  }

  return { load, apply }
}
