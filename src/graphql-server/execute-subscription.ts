import { setTimeout } from 'node:timers/promises'
import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import { CLOSE_CODES } from '../live/close-codes.ts'
import type { LiveItem } from '../live/live-request.ts'
import { LiveSubscription } from '../live/live-subscription.ts'
import { createContext, type GraphQLContext } from '../schema-kit/context.ts'
import { admit } from './admission.ts'
import { toGraphQLError } from './errors.ts'
import { recordDenials } from './operation-rates.ts'
import { createMask, type ErrorOptions, withinAnswerLimit } from './result-masking.ts'
import { operationKey, SharedResults } from './shared-results.ts'

/** Runs a subscription operation: its results, or one result with the errors that keep it from starting. */
export type ExecuteSubscription = (
  args: ExecutionArgs,
) => Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>>

/**
 * Each event is executed in a context of its own, because the scopes and rows of the previous event may be outdated. It is
 * executed once for all subscribers with the same document, variables and rights. While the database is away an event waits
 * for it, and a subscription that cannot start closes its connection with 1013: clients come back by themselves after that.
 */
export const createSubscriptionExecutor = (options: ErrorOptions): ExecuteSubscription => {
  const { report, introspection } = options
  const mask = createMask(options)
  const shared = new SharedResults()
  return async (args) => {
    const context = args.contextValue as GraphQLContext
    const { requestId } = context.connection.origin
    const { rejection } = admit(args, introspection)
    if (rejection !== null) return { errors: [toGraphQLError(rejection, requestId, report)] }
    let release: () => void
    try {
      release = context.connection.hold(context.principal)
    } catch (error) {
      return { errors: [toGraphQLError(error, requestId, report)] }
    }
    const source = await startSource(args, release)
    if (!(source instanceof LiveSubscription)) {
      const result = mask(source as ExecutionResult, context)
      if (isUnavailable(result)) context.connection.end(CLOSE_CODES.tryAgainLater, 'Unavailable')
      return recordDenials(context, args, result, report)
    }
    const operation = operationKey(args)
    const runOnce = async (item: LiveItem<unknown>) => {
      const contextValue = createContext(context.services, item.principal, context.connection)
      const result = mask(await execute({ ...args, rootValue: item, contextValue }), contextValue)
      return withinAnswerLimit(result, contextValue, report)
    }
    const run = async (item: LiveItem<unknown>) => {
      let result = await runOnce(item)
      for (let attempt = 1; isUnavailable(result) && attempt < MAX_ATTEMPTS; attempt += 1) {
        await setTimeout(RETRY_MS)
        result = await runOnce(item)
      }
      return result
    }
    return mapStream(source, {
      item: (item: LiveItem<unknown>) => shared.get(item, operation, () => run(item)),
      failure: (error: unknown) => ({ errors: [toGraphQLError(error, requestId, report)] }),
      onEnd: release,
    })
  }
}

/** Attempts to execute an event while the database is away. Then its subscriber receives the error. */
const MAX_ATTEMPTS = 60
const RETRY_MS = 1_000

const isUnavailable = ({ errors = [] }: ExecutionResult): boolean =>
  errors.some(({ extensions }) => extensions.code === 'UNAVAILABLE')

/** Starts a subscription. Releases its slot if it does not start. */
const startSource = async (args: ExecutionArgs, release: () => void): Promise<unknown> => {
  let source: unknown
  try {
    source = await createSourceEventStream(args)
    return source
  } finally {
    if (!(source instanceof LiveSubscription)) release()
  }
}

interface Mapping<In, Out> {
  readonly item: (item: In) => MaybePromise<Out>
  /** The last value if the source fails. */
  readonly failure: (error: unknown) => Out
  readonly onEnd: () => void
}

/** Maps a stream. A generator would delay `return()` until the next event; this ends the source at once. */
const mapStream = <In, Out>(
  source: AsyncIterableIterator<In>,
  { item, failure, onEnd }: Mapping<In, Out>,
): AsyncIterableIterator<Out> => ({
  next: async () => {
    try {
      const result = await source.next()
      if (!result.done) {
        const value = item(result.value)
        return { done: false, value: value instanceof Promise ? await value : value }
      }
      onEnd()
      return { done: true, value: undefined }
    } catch (error) {
      onEnd()
      await source.return?.()
      return { done: false, value: failure(error) }
    }
  },
  return: async () => {
    onEnd()
    await source.return?.()
    return { done: true, value: undefined }
  },
  [Symbol.asyncIterator]() {
    return this
  },
})
