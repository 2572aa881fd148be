import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  getOperationAST,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql'
import { causeOf } from '../audit/caller.ts'
import { accessDenied } from '../audit/events/access-events.ts'
import type { KeyturnError } from '../kernel/errors.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { GraphQLContext } from '../schema-kit/context.ts'
import { createFieldNames } from './denied-field.ts'
import { type ReportBug, toGraphQLError } from './errors.ts'

/**
 * Counts the mutations of an operation towards the caller's rate. Returns RATE_LIMITED if there were too many; the
 * operation must not be executed then.
 */
export const limitMutations = (args: ExecutionArgs): MaybePromise<KeyturnError | null> => {
  const operation = getOperationAST(args.document, args.operationName)
  if (operation?.operation !== OperationTypeNode.MUTATION) return null
  const { principal, services } = args.contextValue as GraphQLContext
  if (principal === null) return null
  return services.rates.limit('mutation', principal, rootFieldsOf(args.document, operation.selectionSet))
}

/**
 * Number of root fields that a selection executes. Each fragment is read once, because fields with the same name are
 * executed as one.
 */
const rootFieldsOf = (document: DocumentNode, selectionSet: SelectionSetNode): number => {
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition.selectionSet] as const] : [],
    ),
  )
  const names = new Set<string>()
  const waiting = [selectionSet]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const selection of next.selections) {
      if (selection.kind === Kind.FIELD) names.add((selection.alias ?? selection.name).value)
      else if (selection.kind === Kind.INLINE_FRAGMENT) waiting.push(selection.selectionSet)
      else {
        const fragment = fragments.get(selection.name.value)
        if (fragment !== undefined) waiting.push(fragment)
        fragments.delete(selection.name.value)
      }
    }
  return names.size
}

/**
 * Records the FORBIDDEN errors of a result in the audit log of the caller's organization. If the caller was denied too
 * often, these errors become RATE_LIMITED; the rest of the result stays.
 */
export const recordDenials = async (
  { principal, connection, services }: GraphQLContext,
  { document, operationName }: Pick<ExecutionArgs, 'document' | 'operationName'>,
  result: ExecutionResult,
  report: ReportBug,
): Promise<ExecutionResult> => {
  const denials = (result.errors ?? []).filter(isDenial)
  if (principal === null || denials.length === 0) return result
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
