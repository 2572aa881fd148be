import { INTERRUPTED } from '../terminal/prompt.ts'

/** Aborted by the first SIGINT or SIGTERM, so that what is being done is completed. A second one ends the process at once. */
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
