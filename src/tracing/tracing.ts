import type { FastifyInstance } from 'fastify'
import type { Tracer } from '../kernel/tracer.ts'

export interface Tracing {
  readonly tracer: Tracer
  /** Gives each request a span, below that of the caller where it sends `traceparent` (W3C Trace Context). */
  readonly traceRequests: (server: FastifyInstance) => void
  /** Sends what waits. */
  readonly stop: () => Promise<void>
}
