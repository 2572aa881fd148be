import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Metrics } from './metrics.ts'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whether the header presents the token. Compares in constant time. */
const presentsToken = (authorization: string | undefined, token: string): boolean => {
  const presented = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? ''
  return timingSafeEqual(digest(presented), digest(token))
}

/** Registers `GET /metrics` (Prometheus) and counts all requests. Without a token the route requires no authentication. */
export const registerMetrics = (
  server: FastifyInstance,
  { registry, requests }: Pick<Metrics, 'registry' | 'requests'>,
  token: string | null,
): void => {
  server.addHook('onResponse', async (request, reply) => {
    const isStream = String(reply.getHeader('content-type')).startsWith('text/event-stream')
    const series = requests.of(request.method, request.routeOptions.url)
    series.answered(reply.statusCode, isStream ? null : reply.elapsedTime / 1000)
  })
  server.get('/metrics', async (request, reply) => {
    if (token !== null && !presentsToken(request.headers.authorization, token))
      return reply.status(401).header('www-authenticate', 'Bearer realm="keyturn metrics"').send({
        error: 'invalid_token',
        error_description: 'Present the value of KEYTURN_METRICS_TOKEN as a bearer token.',
      })
    return reply.header('content-type', registry.contentType).send(await registry.metrics())
  })
}
