import type { FastifyInstance } from 'fastify'

/** Checks a dependency of the service. Throws if it is not available. */
export type ReadinessCheck = () => Promise<void>

/** Registers `/healthz` (liveness) and `/readyz` (readiness: 503 with the names of the failing checks). */
export const registerHealth = (server: FastifyInstance, checks: Readonly<Record<string, ReadinessCheck>>): void => {
  server.get('/healthz', async () => ({ status: 'ok' }))
  server.get('/readyz', async (request, reply) => {
    const failing: string[] = []
    await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        try {
          await check()
        } catch (error) {
          request.log.warn({ err: error, part: name }, 'Not ready')
          failing.push(name)
        }
      }),
    )
    if (failing.length === 0) return { status: 'ok' }
    return reply.status(503).send({ status: 'unavailable', failing: failing.sort() })
  })
}
