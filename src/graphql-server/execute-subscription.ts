import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from 'graphql'
import type { LivePayload } from '../live/live-subscriptions.ts'
import { createContext, type GraphQLContext } from '../schema-kit/context.ts'
import { subscriptionRefusal } from '../schema-kit/limits.ts'
import { type ReportBug, toGraphQLError } from './errors.ts'

type Mask = (result: ExecutionResult, requestId: string | null) => ExecutionResult

/** Puts every error of a result into the contract's words. */
export const maskWith =
  (report: ReportBug): Mask =>
  (result, requestId) =>
    result.errors === undefined
      ? result
      : { ...result, errors: result.errors.map((error) => toGraphQLError(error, requestId, report)) }

const isStream = (value: unknown): value is AsyncIterableIterator<LivePayload<unknown>> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/**
 * Runs a subscription. Each event is executed in a context of its own: what scopes were granted, and what rows were read,
 * for the event before may not be true any more.
 */
export const createSubscriptionExecutor = (report: ReportBug) => {
  const mask = maskWith(report)
  return async (args: ExecutionArgs): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> => {
    const context = args.contextValue as GraphQLContext
    const { requestId } = context.connection.origin
    const refusal = subscriptionRefusal(args)
    if (refusal !== null) return { errors: [toGraphQLError(refusal, requestId, report)] }
    try {
      context.connection.hold()
    } catch (error) {
      return { errors: [toGraphQLError(error, requestId, report)] }
    }
    const source = await createSourceEventStream(args)
    if (!isStream(source)) return mask(source as ExecutionResult, requestId)
    return mapStream(source, async (payload) => {
      if (payload.kind === 'failure') return { errors: [toGraphQLError(payload.error, requestId, report)] }
      const { services, connection } = context
      const contextValue = createContext(services, payload.principal, connection)
      return mask(await execute({ ...args, rootValue: payload.value, contextValue }), requestId)
    })
  }
}

/** A generator would keep `return()` waiting for the next event; this passes it on at once. */
const mapStream = <In, Out>(
  source: AsyncIterableIterator<In>,
  map: (value: In) => Promise<Out>,
): AsyncIterableIterator<Out> => ({
  next: async () => {
    const result = await source.next()
    if (result.done) return { done: true, value: undefined }
    try {
      return { done: false, value: await map(result.value) }
    } catch (error) {
      await source.return?.()
      throw error
    }
  },
  return: async () => {
    await source.return?.()
    return { done: true, value: undefined }
  },
  [Symbol.asyncIterator]() {
    return this
  },
})
