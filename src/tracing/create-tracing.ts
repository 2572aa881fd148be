import type { StopStack } from '../kernel/stop-stack.ts'
import { NO_TRACER } from '../kernel/tracer.ts'
import type { Tracing } from './tracing.ts'

const NO_TRACING: Tracing = { tracer: NO_TRACER, traceRequests: () => undefined, stop: async () => undefined }

/** Traces to an OpenTelemetry collector; nothing is traced, and nothing loaded, without an endpoint. */
export const createTracing = async (endpoint: string | null, stack: StopStack): Promise<Tracing> => {
  if (endpoint === null) return NO_TRACING
  const { createOtlpTracing } = await import('./otlp-tracing.ts')
  const tracing = createOtlpTracing(endpoint)
  stack.push(() => tracing.stop())
  return tracing
}
