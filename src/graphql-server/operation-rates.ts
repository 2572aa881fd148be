import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql'
import type { Principal } from '../access/principal.ts'
import { causeOf } from '../audit/caller.ts'
import { accessDenied } from '../audit/events/access-events.ts'
import type { KeyturnError } from '../kernel/errors.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { GraphQLContext } from '../schema-kit/context.ts'
import { createFieldNames } from './denied-field.ts'
import { type ReportBug, toGraphQLError } from './errors.ts'
import { factsOf } from './operation-facts.ts'

/**
 * Counts the mutations of an operation towards the caller's rate. Returns RATE_LIMITED if there were too many; the
 * operation must not be executed then.
 */
export const limitMutations = (args: ExecutionArgs): MaybePromise<KeyturnError | null> => {
  const mutations = factsOf(args.document, args.operationName)?.mutations ?? 0
  if (mutations === 0) return null
  const { principal, services } = args.contextValue as GraphQLContext
  return principal === null ? null : services.rates.limit('mutation', principal, mutations)
}

/**
 * Records the FORBIDDEN errors of a result in the audit log of the caller's organization. If the caller was denied too
 * often, these errors become RATE_LIMITED; the rest of the result stays.
 */
export const recordDenials = (
  context: GraphQLContext,
  args: Pick<ExecutionArgs, 'document' | 'operationName'>,
  result: ExecutionResult,
  report: ReportBug,
): MaybePromise<ExecutionResult> => {
  const { principal } = context
  if (principal === null || result.errors === undefined) return result
  const denials = result.errors.filter(isDenial)
  return denials.length === 0 ? result : recordEach(context, principal, args, result, denials, report)
}

const recordEach = async (
  { connection, services }: GraphQLContext,
  principal: Principal,
  { document, operationName }: Pick<ExecutionArgs, 'document' | 'operationName'>,
  result: ExecutionResult,
  denials: readonly GraphQLError[],
  report: ReportBug,
): Promise<ExecutionResult> => {
  const fieldNames = createFieldNames(document, operationName)
  for (const { extensions, path } of denials)
    await services.denials.record({
      organizationId: principal.organizationId,
      cause: causeOf(principal, connection.origin),
      draft: accessDenied({
        reason: 'forbidden',
        field: fieldNames(path ?? []),
        required: (extensions.required as string[] | undefined) ?? [],
      }),
    })
  const limited = await services.rates.limit('refusal', principal)
  if (limited === null) return result
  const { requestId } = connection.origin
  const errors = (result.errors ?? []).map((error) =>
    isDenial(error) ? toGraphQLError(rateLimitedAt(error, limited), requestId, report) : error,
  )
  return { ...result, errors }
}

const isDenial = ({ extensions }: GraphQLError): boolean => extensions.code === 'FORBIDDEN'

const rateLimitedAt = ({ nodes, path }: GraphQLError, limited: KeyturnError): GraphQLError =>
  new GraphQLError(limited.message, { nodes: nodes ?? null, path: path ?? null, originalError: limited })
