import { useEffect, useEffectEvent } from 'react'
import { useQuery } from 'urql'
import { useLive } from './console-context.ts'
import { type ConsoleError, errorOfResult } from './console-error.ts'
import type { ConsoleDocument, Variables } from './document.ts'

export interface DataOptions {
  /** Do not load yet. */
  readonly pause?: boolean
  /** Load again when something about a key changes, and after a gap. Default: true. */
  readonly live?: boolean
}

export interface Data<D> {
  /** The result, or while other variables load the one before. */
  readonly data: D | undefined
  /** The first error. There can be data beside it: a refused field is null. */
  readonly error: ConsoleError | null
  readonly isLoading: boolean
  readonly reload: () => void
}

/**
 * The result of a query: at once from the cache where it was loaded before, then from the server; and again whenever
 * something about a key changes.
 */
export const useData = <D, V extends Variables>(
  document: ConsoleDocument<D, V>,
  variables: V,
  { pause = false, live = true }: DataOptions = {},
): Data<D> => {
  const [{ data, error, fetching }, execute] = useQuery<D, V>({
    query: document.toString(),
    variables,
    pause,
    requestPolicy: 'cache-and-network',
  })
  const reload = useEffectEvent(() => execute({ requestPolicy: 'network-only' }))
  const refresh = useLive()?.refresh
  useEffect(() => {
    if (!live || pause) return
    return refresh?.listen(() => reload())
  }, [refresh, live, pause])
  return {
    data,
    error: errorOfResult(error),
    isLoading: fetching,
    reload: () => execute({ requestPolicy: 'network-only' }),
  }
}
