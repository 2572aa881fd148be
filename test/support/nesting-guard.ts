import { AsyncLocalStorage } from 'node:async_hooks'
import type { NestingGuard } from '../../src/persistence/nesting-guard.ts'

/** Follows every call, so that a transaction that is begun inside another fails and names itself. */
export const watchNesting = (): NestingGuard => {
  const storage = new AsyncLocalStorage<true>()
  return {
    isInside: () => storage.getStore() === true,
    inside: (work) => storage.run(true, work),
    outside: (work) => storage.exit(work),
  }
}
