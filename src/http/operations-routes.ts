import type { FastifyInstance } from 'fastify'

/** Says whether a part that the service needs is good; throws where it is not. */
export type ReadinessCheck = () => Promise<void>

/** `/healthz`: alive. `/readyz`: every named part is good, or 503 with the names of those that are not. */
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
