import { AsyncLocalStorage } from 'node:async_hooks'
import type { NestingGuard } from '../../src/persistence/nesting-guard.ts'

/**
 * The guards of the transactions around a call. One storage for all databases of the process: before Node.js 24, each one that
 * was ever entered slows down every later promise, and files share a process.
 */
const around = new AsyncLocalStorage<ReadonlySet<NestingGuard>>()

const guardsAround = (): ReadonlySet<NestingGuard> => around.getStore() ?? new Set()

/** Follows every call, so that a transaction that is begun inside another fails and names itself. */
export const watchNesting = (): NestingGuard => {
  const guard: NestingGuard = {
    isInside: () => guardsAround().has(guard),
    inside: (work) => around.run(new Set([...guardsAround(), guard]), work),
    outside: (work) => around.run(new Set([...guardsAround()].filter((other) => other !== guard)), work),
  }
  return guard
}
