import { useEffect, useRef, useState } from 'react'
import type { CheckReport, CheckRequest } from './messages.ts'

/** How far a verification is. */
export type CheckState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly checkedEvents: number; readonly startedAt: number }
  | (Extract<CheckReport, { kind: 'done' }> & { readonly seconds: number })
  | Extract<CheckReport, { kind: 'failed' }>

export interface ChainCheckControl {
  readonly state: CheckState
  readonly start: (request: CheckRequest) => void
  readonly cancel: () => void
}

/** Verifies an audit log in a worker of its own. It ends with the component. */
export const useChainCheck = (): ChainCheckControl => {
  const [state, setState] = useState<CheckState>({ kind: 'idle' })
  const worker = useRef<Worker | null>(null)
  const stop = () => {
    worker.current?.terminate()
    worker.current = null
  }
  useEffect(() => () => worker.current?.terminate(), [])

  const start = (request: CheckRequest) => {
    stop()
    const startedAt = performance.now()
    setState({ kind: 'running', checkedEvents: 0, startedAt })
    const started = new Worker(new URL('./check-worker.ts', import.meta.url), { type: 'module' })
    worker.current = started
    started.onmessage = ({ data }: MessageEvent<CheckReport>) => {
      if (data.kind === 'progress') return setState({ kind: 'running', checkedEvents: data.checkedEvents, startedAt })
      stop()
      setState(data.kind === 'done' ? { ...data, seconds: (performance.now() - startedAt) / 1000 } : data)
    }
    started.onerror = () => {
      stop()
      setState({ kind: 'failed', message: 'The verification could not be started. Load the page again.' })
    }
    started.postMessage(request)
  }
  const cancel = () => {
    stop()
    setState({ kind: 'idle' })
  }
  return { state, start, cancel }
}
