import type { ExecutionArgs, ExecutionResult } from 'graphql'
import { andThen, type MaybePromise } from '../kernel/maybe-promise.ts'
import type { GraphQLContext } from '../schema-kit/context.ts'
import type { Variables } from '../schema-kit/operation-cost.ts'
import { admit } from './admission.ts'
import { toGraphQLError } from './errors.ts'
import { limitMutations, recordDenials } from './operation-rates.ts'
import { createMask, type ErrorOptions, withinAnswerLimit } from './result-masking.ts'

/** What is decided about an operation before it is executed. */
export interface Start {
  /** The result of an operation that must not be executed; null if it may be. */
  readonly refused: ExecutionResult | null
  /** The coerced variables of an operation that may be executed. */
  readonly variables: Variables
  /** Whether the answer describes the schema. */
  readonly introspects: boolean
}

/** The rules for queries and mutations, on every transport and every way to execute them. */
export interface OperationRules {
  /** Checks the operation, and counts it towards the caller's rates. */
  readonly start: (args: ExecutionArgs) => MaybePromise<Start>
  /** The result as the caller may see it. Records what the caller was denied. */
  readonly finish: (args: ExecutionArgs, start: Start, executed: ExecutionResult) => MaybePromise<ExecutionResult>
}

export const createOperationRules = (options: ErrorOptions): OperationRules => {
  const { report, introspection } = options
  const mask = createMask(options)
  return {
    start: (args) => {
      const { rejection, variables, introspects } = admit(args, introspection)
      return andThen(rejection ?? limitMutations(args), (error) => {
        if (error === null) return { refused: null, variables, introspects }
        const { requestId } = (args.contextValue as GraphQLContext).connection.origin
        return { refused: { errors: [toGraphQLError(error, requestId, report)] }, variables, introspects }
      })
    },
    finish: (args, { introspects }, executed) => {
      const context = args.contextValue as GraphQLContext
      if (introspects) context.answer.addJson(executed.data)
      return andThen(recordDenials(context, args, mask(executed, context), report), (result) =>
        withinAnswerLimit(result, context, report),
      )
    },
  }
}
