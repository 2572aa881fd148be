import { useRef, useState } from 'react'
import { useClient } from 'urql'
import { useToasts } from '../shell/toasts.tsx'
import { useLive } from './console-context.ts'
import { type ConsoleError, errorOfResult } from './console-error.ts'
import type { ConsoleDocument, Variables } from './document.ts'

export interface Action<D, V> {
  /** Executes the mutation once. Null if it failed or is running already. The result is kept nowhere: it can hold a secret. */
  readonly run: (variables: V) => Promise<D | null>
  readonly isRunning: boolean
  /** Why the last run failed. */
  readonly error: ConsoleError | null
  /** Forgets the error. */
  readonly clear: () => void
}

/**
 * A mutation. `errors: 'toast'` (default) says in a toast why it failed; `'inline'` leaves that to the form, which shows
 * `error`. What is on the screen is loaded again after it.
 */
export const useAction = <D, V extends Variables>(
  document: ConsoleDocument<D, V>,
  { errors = 'toast' }: { readonly errors?: 'toast' | 'inline' } = {},
): Action<D, V> => {
  const client = useClient()
  const live = useLive()
  const toasts = useToasts()
  const running = useRef(false)
  const [isRunning, setRunning] = useState(false)
  const [error, setError] = useState<ConsoleError | null>(null)

  const run = async (variables: V): Promise<D | null> => {
    if (running.current) return null
    running.current = true
    setRunning(true)
    setError(null)
    const result = await client.mutation<D, V>(document.toString(), variables).toPromise()
    running.current = false
    setRunning(false)
    const failure = errorOfResult(result.error)
    live?.refresh.request()
    if (failure === null) return result.data ?? null
    setError(failure)
    if (errors === 'toast') toasts.showError(failure)
    return null
  }
  return { run, isRunning, error, clear: () => setError(null) }
}
