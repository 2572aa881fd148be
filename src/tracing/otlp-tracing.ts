import {
  type Context,
  context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { SpanAttributes } from '../kernel/tracer.ts'
import type { Tracing } from './tracing.ts'

/** Spans that wait to be sent; more are dropped, so that a collector that is away costs bounded memory. */
const MOST_WAITING_SPANS = 2_048
const EXPORT_TIMEOUT_MS = 2_000

/** Sends spans to an OpenTelemetry collector by OTLP over HTTP (JSON). */
export const createOtlpTracing = (endpoint: string, serviceName: string): Tracing => {
  const contexts = new AsyncLocalStorageContextManager().enable()
  context.setGlobalContextManager(contexts)
  const propagator = new W3CTraceContextPropagator()
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: MOST_WAITING_SPANS })],
  })
  const tracer = provider.getTracer('keyturn')
  const requests = new WeakMap<FastifyRequest, Span>()

  const runIn = <T>(span: Span, work: () => Promise<T>): Promise<T> =>
    context.with(trace.setSpan(context.active(), span), async () => {
      try {
        return await work()
      } catch (error) {
        // The message may repeat what a caller sent. The kind of error is enough here; the log has the rest.
        span.setStatus({ code: SpanStatusCode.ERROR })
        if (error instanceof Error) span.setAttribute('error.type', error.name)
        throw error
      } finally {
        span.end()
      }
    })

  const traceRequests = (server: FastifyInstance): void => {
    server.addHook('onRequest', (request, _reply, done) => {
      const parent: Context = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter)
      const route = request.routeOptions.url ?? 'none'
      const attributes = {
        'http.request.method': request.method,
        'http.route': route,
        'client.address': request.ip,
        'keyturn.request_id': request.id,
      }
      const span = tracer.startSpan(`${request.method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent)
      requests.set(request, span)
      context.with(trace.setSpan(parent, span), done)
    })
    const end = (request: FastifyRequest, status: number) => {
      const span = requests.get(request)
      span?.setAttribute('http.response.status_code', status)
      if (status >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
      span?.end()
      requests.delete(request)
    }
    server.addHook('onResponse', async (request, reply) => end(request, reply.statusCode))
    // 499: the client closed the connection before it had the answer.
    server.addHook('onRequestAbort', async (request) => end(request, 499))
  }

  return {
    tracer: {
      span: (name: string, attributes: SpanAttributes, work) => runIn(tracer.startSpan(name, { attributes }), work),
    },
    traceRequests,
    stop: async () => {
      // A collector that is away must not keep the service from stopping.
      await provider.shutdown().catch(() => undefined)
      context.disable()
    },
  }
}
