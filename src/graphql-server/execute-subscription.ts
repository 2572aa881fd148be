import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute, type GraphQLError } from 'graphql'
import type { LivePayload } from '../live/live-subscriptions.ts'
import { createContext, type GraphQLContext } from '../schema-kit/context.ts'
import { answerTooLarge } from '../schema-kit/limits.ts'
import { admit } from './admission.ts'
import { type ReportBug, toGraphQLError, withoutSchema } from './errors.ts'

/** How results of this server read. */
export interface Wording {
  readonly report: ReportBug
  /** Whether errors may name what is in the schema. */
  readonly introspection: boolean
}

type Mask = (result: ExecutionResult, context: GraphQLContext) => ExecutionResult

/** Puts every error of a result into the contract's words. */
export const maskWith = ({ report, introspection }: Wording): Mask => {
  const word = (error: GraphQLError) => (introspection ? error : withoutSchema(error))
  return (result, { connection }) =>
    result.errors === undefined
      ? result
      : {
          ...result,
          errors: result.errors.map((error) => toGraphQLError(word(error), connection.origin.requestId, report)),
        }
}

/** A result, or its refusal where the answer grew too large. */
export const withinAnswerLimit = (
  result: ExecutionResult,
  { answer, connection }: GraphQLContext,
  report: ReportBug,
): ExecutionResult =>
  answer.exceeded ? { errors: [toGraphQLError(answerTooLarge(), connection.origin.requestId, report)] } : result

const isStream = (value: unknown): value is AsyncIterableIterator<LivePayload<unknown>> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

/**
 * Runs a subscription. Each event is executed in a context of its own: what scopes were granted, and what rows were read,
 * for the event before may not be true any more.
 */
export const createSubscriptionExecutor = (wording: Wording) => {
  const { report, introspection } = wording
  const mask = maskWith(wording)
  return async (args: ExecutionArgs): Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult>> => {
    const context = args.contextValue as GraphQLContext
    const { requestId } = context.connection.origin
    const { refusal } = admit(args, introspection)
    if (refusal !== null) return { errors: [toGraphQLError(refusal, requestId, report)] }
    let release: () => void
    try {
      release = context.connection.hold(context.principal)
    } catch (error) {
      return { errors: [toGraphQLError(error, requestId, report)] }
    }
    const source = await beginStream(args, release)
    if (!isStream(source)) return mask(source as ExecutionResult, context)
    const map = async (payload: LivePayload<unknown>): Promise<ExecutionResult> => {
      if (payload.kind === 'failure') return { errors: [toGraphQLError(payload.error, requestId, report)] }
      const { services, connection } = context
      const contextValue = createContext(services, payload.principal, connection)
      const result = mask(await execute({ ...args, rootValue: payload.value, contextValue }), contextValue)
      return withinAnswerLimit(result, contextValue, report)
    }
    return mapStream(source, map, release)
  }
}

/** Begins a subscription; what it was counted as is given back where it does not begin. */
const beginStream = async (args: ExecutionArgs, release: () => void): Promise<unknown> => {
  let source: unknown
  try {
    source = await createSourceEventStream(args)
    return source
  } finally {
    if (!isStream(source)) release()
  }
}

/** A generator would keep `return()` waiting for the next event; this passes it on at once. */
const mapStream = <In, Out>(
  source: AsyncIterableIterator<In>,
  map: (value: In) => Promise<Out>,
  onEnd: () => void,
): AsyncIterableIterator<Out> => ({
  next: async () => {
    const result = await source.next()
    if (result.done) {
      onEnd()
      return { done: true, value: undefined }
    }
    try {
      return { done: false, value: await map(result.value) }
    } catch (error) {
      onEnd()
      await source.return?.()
      throw error
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
