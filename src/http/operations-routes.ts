import type { FastifyInstance } from 'fastify'

/** Checks a dependency of the service. Throws if it is not available. */
export type ReadinessCheck = () => Promise<void>

/** Time limit of a check. An answer takes less than a second, whatever does not answer. */
const LIMIT_MS = 800
/** Checks cost the dependencies something, and anybody may ask: an outcome is used for so long. */
const REUSE_MS = 500

class CheckTimeout extends Error {
  override readonly name = 'CheckTimeout'

  constructor() {
    super(`The check took longer than ${LIMIT_MS} ms.`)
  }
}

/** One check, which runs at most once at a time: requests that come while it runs share its outcome. */
class LimitedCheck {
  private readonly check: ReadinessCheck
  private running: Promise<void> | null = null
  private readonly shared: { outcome: Promise<void>; startedAt: number } = {
    outcome: Promise.resolve(),
    startedAt: Number.NEGATIVE_INFINITY,
  }

  constructor(check: ReadinessCheck) {
    this.check = check
  }

  /** Resolves if the dependency is available. Rejects within LIMIT_MS. */
  outcome(): Promise<void> {
    const now = performance.now()
    if (now - this.shared.startedAt < REUSE_MS) return this.shared.outcome
    this.shared.startedAt = now
    this.shared.outcome = this.limit()
    return this.shared.outcome
  }

  private async limit(): Promise<void> {
    // One that hangs is not started a second time.
    this.running ??= this.check().finally(() => {
      this.running = null
    })
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new CheckTimeout()), LIMIT_MS)
    })
    try {
      await Promise.race([this.running, timeout])
    } finally {
      clearTimeout(timer)
    }
  }
}

/**
 * Registers `/healthz` (200 while the process is alive) and `/readyz` (200, or within a second 503 with the names of the
 * failing checks).
 */
export const registerHealth = (server: FastifyInstance, checks: Readonly<Record<string, ReadinessCheck>>): void => {
  const limited = Object.entries(checks).map(([name, check]) => ({ name, check: new LimitedCheck(check) }))
  server.get('/healthz', async () => ({ status: 'ok' }))
  server.get('/readyz', async (request, reply) => {
    const failing: string[] = []
    await Promise.all(
      limited.map(async ({ name, check }) => {
        try {
          await check.outcome()
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
