import { INTERRUPTED } from '../terminal/prompt.ts'

/** A signal that the first SIGINT or SIGTERM aborts, so that running work can complete. The second one ends the process. */
export const stopSignal = (): AbortSignal => {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    controller.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}
