import type { ExecutionResult, GraphQLError } from 'graphql'
import type { GraphQLContext } from '../schema-kit/context.ts'
import { answerTooLarge } from '../schema-kit/limits.ts'
import { type ReportBug, toGraphQLError, withoutSchema } from './errors.ts'

/** How the errors of this server read. */
export interface ErrorOptions {
  readonly report: ReportBug
  /** Whether errors may name types, fields and arguments of the schema. */
  readonly introspection: boolean
}

export type MaskResult = (result: ExecutionResult, context: GraphQLContext) => ExecutionResult

/** Returns a function that translates every error of a result into the contract's codes and fields. */
export const createMask = ({ report, introspection }: ErrorOptions): MaskResult => {
  const withoutNames = (error: GraphQLError) => (introspection ? error : withoutSchema(error))
  return (result, { connection }) => {
    if (result.errors === undefined) return result
    const { requestId } = connection.origin
    return { ...result, errors: result.errors.map((error) => toGraphQLError(withoutNames(error), requestId, report)) }
  }
}

/** The result, or QUERY_TOO_COMPLEX if the answer exceeds the size limit. */
export const withinAnswerLimit = (
  result: ExecutionResult,
  { answer, connection }: GraphQLContext,
  report: ReportBug,
): ExecutionResult =>
  answer.exceeded ? { errors: [toGraphQLError(answerTooLarge(), connection.origin.requestId, report)] } : result
