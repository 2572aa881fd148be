import type { Parts } from './app-parts.ts'
import type { Config } from './config.ts'
import type { StopStack } from './kernel/stop-stack.ts'
import type { FirstStart } from './onboarding/bootstrap.ts'
import { rethrowAsConfigError } from './startup-faults.ts'

/** Starts the parts in order. The stack stops them in reverse order. Returns the result of a first start. */
export const startParts = async (parts: Parts, config: Config, stack: StopStack): Promise<FirstStart | null> => {
  const { live, audit, keys, sessions, onboarding, tokens, expiry, notifications, retention, leaks } = parts
  const { http, graphql } = parts
  // First to start and last to stop: the other parts append events, which must be published.
  stack.push(() => live.feed.close())
  await live.feed.start()
  stack.push(() => audit.denials.stop())
  stack.push(() => keys.usage.stop())
  await tokens.start(stack).catch(rethrowAsConfigError)
  await retention.prepare().catch(rethrowAsConfigError)
  // After everything that can fail: only this start returns the owner's secret.
  const firstStart = await onboarding.bootstrap({ ...config, signInCode: config.console })
  await stack.start(expiry.sweeper)
  await stack.start(sessions.sweeper)
  await stack.start(notifications)
  await stack.start(leaks.worker)
  await stack.start(tokens.checkpointSchedule)
  if (retention.worker !== null) await stack.start(retention.worker)
  stack.push(() => http.server.close())
  // Before the server: open streams would keep it from closing.
  stack.push(() => live.feed.endStreams())
  stack.push(() => graphql.sockets.close())
  stack.push(() => live.live.close())
  return firstStart
}
