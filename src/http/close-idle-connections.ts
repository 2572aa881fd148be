import type { FastifyInstance } from 'fastify'
import { systemClock } from '../kernel/clock.ts'
import { Periodic } from '../kernel/periodic.ts'

/** Interval of closing idle connections while the server closes. */
const IDLE_CHECK_MS = 100
/** Time for open requests to finish while the server closes. Then all connections are closed. */
const CLOSE_TIMEOUT_MS = 7_000

/** Closes connections as they become idle. Node.js closes only those that are idle when the server starts to close. */
export const closeIdleConnectionsUntilClosed = ({ server, log }: FastifyInstance): void => {
  const checks = new Periodic({
    // Socket timeouts use real time.
    clock: systemClock,
    intervalMs: IDLE_CHECK_MS,
    task: () => server.closeIdleConnections(),
    onFault: (error) => log.error({ err: error }, 'Closing idle connections failed'),
  })
  checks.start()
  const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS)
  server.once('close', () => {
    void checks.stop()
    clearTimeout(deadline)
  })
}
