import type { StopStack } from '../kernel/stop-stack.ts'
import { NO_TRACER } from '../kernel/tracer.ts'
import type { Tracing } from './tracing.ts'

const NO_TRACING: Tracing = { tracer: NO_TRACER, traceRequests: () => undefined, stop: async () => undefined }

export interface TracingParts {
  /** Base URL of the collector; null traces nothing. */
  readonly otlpEndpoint: string | null
  readonly serviceName: string
}

/** Traces to an OpenTelemetry collector. Without an endpoint nothing is traced, and OpenTelemetry is not loaded. */
export const createTracing = async (
  { otlpEndpoint, serviceName }: TracingParts,
  stack: StopStack,
): Promise<Tracing> => {
  if (otlpEndpoint === null) return NO_TRACING
  const { createOtlpTracing } = await import('./otlp-tracing.ts')
  const tracing = createOtlpTracing(otlpEndpoint, serviceName)
  stack.push(() => tracing.stop())
  return tracing
}
