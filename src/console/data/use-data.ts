import { useEffect, useEffectEvent, useState } from 'react'
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
  /** The result; while other variables load, the one before; and while the server is away, the last one. */
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
  const failure = errorOfResult(error)
  return {
    data: useLastGood(JSON.stringify(variables), data ?? undefined, failure, fetching),
    error: failure,
    isLoading: fetching,
    reload: () => execute({ requestPolicy: 'network-only' }),
  }
}

/** Failures that say nothing about the data. */
const PASSING: ReadonlySet<string> = new Set(['NETWORK', 'UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL'])

/**
 * The data, or after a passing failure and while the query is tried again, what the same variables gave before: a screen that went
 * away for that moment would take what somebody types in a dialog with it.
 */
const useLastGood = <D>(
  key: string,
  data: D | undefined,
  failure: ConsoleError | null,
  isLoading: boolean,
): D | undefined => {
  const [last, setLast] = useState<{ readonly key: string; readonly data: D } | null>(null)
  const isPassing = failure !== null && PASSING.has(failure.code)
  if (data !== undefined && failure === null && (last?.data !== data || last.key !== key)) setLast({ key, data })
  // Any other failure says that the data is not theirs to see any more.
  if (failure !== null && !isPassing && last !== null) setLast(null)
  const isKept = isPassing || (failure === null && isLoading)
  return data === undefined && isKept && last?.key === key ? last.data : data
}
