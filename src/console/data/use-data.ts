import { useState } from 'react'
import { useQuery } from 'urql'
import { calm } from './calm-fetch.ts'
import { consoleFetch } from './clients.ts'
import { type ConsoleError, errorOfResult } from './console-error.ts'
import type { ConsoleDocument, Variables } from './document.ts'
import { type ReloadOptions, useReloader } from './use-reloader.ts'

export interface DataOptions extends ReloadOptions {
  /** Do not load yet. */
  readonly pause?: boolean
  /** Load again after an event, and after a gap. Default: true. */
  readonly live?: boolean
}

export interface Data<D> {
  /** The result; while other variables load, the one before; and while the server is away, the last one. */
  readonly data: D | undefined
  /** The first error. There can be data beside it: a refused field is null. */
  readonly error: ConsoleError | null
  readonly isLoading: boolean
  /** Whether the data is that of other variables, while that of these is loaded. */
  readonly isOutdated: boolean
  readonly reload: () => void
  /** Whether newer data waits for `hold`. */
  readonly isHeld: boolean
}

const calmFetch = calm(consoleFetch)

/**
 * The result of a query: at once from the cache where it was loaded before, then from the server; and again after each
 * event about a key that concerns it.
 */
export const useData = <D, V extends Variables>(
  document: ConsoleDocument<D, V>,
  variables: V,
  { pause = false, live = true, ...options }: DataOptions = {},
): Data<D> => {
  const [{ data, error, fetching, operation }, execute] = useQuery<D, V>({
    query: document.toString(),
    variables,
    pause,
    requestPolicy: 'cache-and-network',
  })
  const load = () => execute({ requestPolicy: 'network-only', fetch: calmFetch })
  const { isHeld, settle } = useReloader(live && !pause, load, options)
  const failure = errorOfResult(error)
  const key = JSON.stringify(variables)
  return {
    data: useLastGood(key, data ?? undefined, failure, fetching),
    error: failure,
    isLoading: fetching,
    isOutdated: fetching && operation !== undefined && JSON.stringify(operation.variables) !== key,
    reload: () => {
      settle()
      load()
    },
    isHeld,
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
