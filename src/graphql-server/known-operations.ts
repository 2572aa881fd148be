import { type DocumentNode, type ExecutionArgs, type ExecutionResult, OperationTypeNode } from 'graphql'
import { type FetchAPI, processRegularResult } from 'graphql-yoga'
import type { LRUCache } from 'lru-cache'
import { andThen, type MaybePromise, orElse } from '../kernel/maybe-promise.ts'
import { NO_TRACER, type Tracer } from '../kernel/tracer.ts'
import type { GraphQLContext } from '../schema-kit/context.ts'
import { acceptedType, type ResponseType } from './accepted-type.ts'
import { type ReportBug, toGraphQLError } from './errors.ts'
import type { CreateHttpContext, HttpSource } from './http-context.ts'
import { factsOf } from './operation-facts.ts'
import { type OperationParameters, parametersOf } from './operation-parameters.ts'
import type { OperationRules, Start } from './operation-rules.ts'
import { QueryPlans } from './query-plans.ts'
import { schema } from './schema.ts'
import { traceOperation } from './trace-execution.ts'

/** A complete HTTP response. */
export interface Answer {
  readonly status: number
  /** Names and values in turn. All successes of a type have the same array. */
  readonly headers: readonly string[]
  readonly body: string
}

/** A query or mutation over HTTP whose document is parsed and valid. */
export interface KnownOperation {
  readonly document: DocumentNode
  readonly parameters: OperationParameters
  readonly type: ResponseType
}

export interface KnownOperationsOptions {
  readonly rules: OperationRules
  readonly createHttpContext: CreateHttpContext
  readonly tracer: Tracer
  readonly report: ReportBug
  /** The parsed documents by their text. */
  readonly documents: Pick<LRUCache<string, DocumentNode>, 'get'>
  /** Yoga's own Response. */
  readonly fetchApi: () => FetchAPI
}

/**
 * Executes POST requests whose document was executed before, by the same rules as Yoga but without its hooks, which cost
 * more than most operations. Everything unusual stays with Yoga.
 */
export interface KnownOperations {
  /** Notes that a document is valid. */
  readonly add: (document: DocumentNode) => void
  /** The operation of a JSON body; null if Yoga must handle the request. */
  readonly find: (body: unknown, accept: string | undefined) => KnownOperation | null
  readonly run: (operation: KnownOperation, source: HttpSource) => MaybePromise<Answer>
}

export const createKnownOperations = (options: KnownOperationsOptions): KnownOperations => {
  const { rules, createHttpContext, tracer, report, documents, fetchApi } = options
  const valid = new WeakSet<DocumentNode>()
  const plans = new QueryPlans(schema)

  const executed = (args: ExecutionArgs, { variables }: Start): MaybePromise<ExecutionResult> => {
    const work = () => plans.execute(args, variables)
    return tracer === NO_TRACER ? work() : traceOperation(tracer, args, work)
  }

  const resultIn = (
    { document, parameters }: KnownOperation,
    contextValue: GraphQLContext,
  ): MaybePromise<ExecutionResult> => {
    const { operationName, variables: variableValues } = parameters
    const args: ExecutionArgs = { schema, document, operationName, variableValues, contextValue }
    return andThen(
      rules.start(args),
      (start) => start.refused ?? andThen(executed(args, start), (result) => rules.finish(args, start, result)),
    )
  }

  // Without a promise where all is in memory: its way through the queue of microtasks costs more than a small operation.
  const resultOf = (operation: KnownOperation, source: HttpSource): MaybePromise<ExecutionResult> =>
    andThen(createHttpContext(source, operation.parameters.query), (context) => resultIn(operation, context))

  return {
    add: (document) => void valid.add(document),
    find: (body, accept) => {
      const parameters = parametersOf(body)
      if (parameters === null) return null
      const document = documents.get(parameters.query)
      if (document === undefined || !valid.has(document)) return null
      const operation = factsOf(document, parameters.operationName)?.operation
      if (operation === undefined || operation.operation === OperationTypeNode.SUBSCRIPTION) return null
      const type = acceptedType(accept)
      return type === null ? null : { document, parameters, type }
    },
    run: (operation, source) => {
      const answer = (result: ExecutionResult) => answerOf(result, operation.type, fetchApi)
      return orElse(
        () => andThen(resultOf(operation, source), answer),
        (error) => answer({ errors: [toGraphQLError(error, source.origin.requestId, report)] }),
      )
    },
  }
}

/** An answer may contain a secret. */
const NO_STORE = ['cache-control', 'no-store']

const successHeaders = (type: ResponseType): readonly string[] => [
  ...NO_STORE,
  'content-type',
  `${type}; charset=utf-8`,
]

const SUCCESS_HEADERS: Readonly<Record<ResponseType, readonly string[]>> = {
  'application/json': successHeaders('application/json'),
  'application/graphql-response+json': successHeaders('application/graphql-response+json'),
}

/** The response that Yoga would give to a result. */
const answerOf = (result: ExecutionResult, type: ResponseType, fetchApi: () => FetchAPI): MaybePromise<Answer> =>
  result.errors === undefined && result.extensions === undefined
    ? { status: 200, headers: SUCCESS_HEADERS[type], body: JSON.stringify(result) }
    : unusualAnswerOf(result, type, fetchApi())

/** Of errors and extensions, Yoga makes the status and more headers. */
const unusualAnswerOf = async (result: ExecutionResult, type: ResponseType, fetchApi: FetchAPI): Promise<Answer> => {
  const response = processRegularResult(result, fetchApi, type)
  const headers = [...NO_STORE]
  response.headers.forEach((value, name) => {
    // The length is that of the answer that is sent.
    if (name !== 'content-length') headers.push(name, value)
  })
  return { status: response.status, headers, body: await response.text() }
}
