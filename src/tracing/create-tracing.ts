import type { FastifyInstance } from 'fastify'
import type { StopStack } from '../kernel/stop-stack.ts'
import { NO_TRACER, type Tracer } from '../kernel/tracer.ts'

export interface Tracing {
  readonly tracer: Tracer
  /** Gives each request a span, below that of the caller where it sends `traceparent` (W3C Trace Context). */
  readonly traceRequests: (server: FastifyInstance) => void
  /** Sends what waits. */
  readonly stop: () => Promise<void>
}

const NO_TRACING: Tracing = { tracer: NO_TRACER, traceRequests: () => undefined, stop: async () => undefined }

/** Traces to an OpenTelemetry collector; nothing is traced, and nothing loaded, without an endpoint. */
export const createTracing = async (endpoint: string | null, stack: StopStack): Promise<Tracing> => {
  if (endpoint === null) return NO_TRACING
  const { createOtlpTracing } = await import('./otlp-tracing.ts')
  const tracing = createOtlpTracing(endpoint)
  stack.push(() => tracing.stop())
  return tracing
}
