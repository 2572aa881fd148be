import type { ExecutionResult } from 'graphql'
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import type { Authenticator } from '../access/authenticator.ts'
import type { Principal } from '../access/principal.ts'
import { andThen } from '../kernel/maybe-promise.ts'
import { NO_TRACER, type Tracer } from '../kernel/tracer.ts'
import { type Connection, createContext, type GraphQLContext, type Services } from '../schema-kit/context.ts'
import { parseLimited } from '../schema-kit/limits.ts'
import { createDocumentCaches } from './document-cache.ts'
import { type ReportBug, toGraphQLError, withoutSchema } from './errors.ts'
import { createSubscriptionExecutor, type ExecuteSubscription } from './execute-subscription.ts'
import { createHttpContexts, type HttpSource } from './http-context.ts'
import { createKnownOperations, type KnownOperations } from './known-operations.ts'
import type { LiveLimits } from './live-limits.ts'
import { createOperationRules } from './operation-rules.ts'
import { schema } from './schema.ts'
import { traceExecution } from './trace-execution.ts'
import { validateLimited } from './validation.ts'

/** The source of an operation: its caller, or how to authenticate it. */
export type OperationSource =
  | HttpSource
  | { readonly kind: 'socket'; readonly principal: Principal | null; readonly connection: Connection }

export interface ServerContext {
  readonly source: OperationSource
}

export type Yoga = YogaServerInstance<ServerContext, GraphQLContext>

export interface YogaOptions {
  readonly services: Services
  readonly authenticator: Authenticator
  readonly report: ReportBug
  readonly introspection: boolean
  readonly limits: LiveLimits
  readonly tracer: Tracer
}

/** The execution of operations, for all transports. */
export interface GraphQLEngine {
  readonly yoga: Yoga
  /** Executes operations over HTTP whose documents Yoga has accepted before. */
  readonly known: KnownOperations
  /** Executes subscriptions without Yoga's hooks on each result, which transports other than HTTP do not need. */
  readonly executeSubscription: ExecuteSubscription
}

export const createGraphQL = (options: YogaOptions): GraphQLEngine => {
  const { services, authenticator, report, introspection, limits, tracer } = options
  const rules = createOperationRules({ report, introspection })
  const translate = (error: unknown) => toGraphQLError(error, null, report)
  // One for all subscriptions, because they share their results in it.
  const executeSubscription = createSubscriptionExecutor({ report, introspection })
  const caches = createDocumentCaches()
  const createHttpContext = createHttpContexts({ services, authenticator, limits, report })
  const known = createKnownOperations({
    rules,
    createHttpContext,
    tracer,
    report,
    documents: caches.documentCache,
    fetchApi: () => yoga.fetchAPI,
  })
  const contract: Plugin<GraphQLContext> = {
    onExecute: ({ args, setResultAndStopExecution }) => {
      // Yoga executes only valid documents.
      known.add(args.document)
      return andThen(rules.start(args), (start) => {
        if (start.refused !== null) return setResultAndStopExecution(start.refused)
        return {
          onExecuteDone: async ({ result, setResult }) =>
            setResult(await rules.finish(args, start, result as ExecutionResult)),
        }
      })
    },
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(executeSubscription),
    onParse: ({ setParseFn }) => setParseFn(parseLimited),
    onValidate: ({ setValidationFn }) => {
      setValidationFn(validateLimited)
      return ({ result, setResult }) => {
        // Without introspection, errors must not reveal names of the schema.
        if (result.length > 0) setResult(result.map((error) => translate(introspection ? error : withoutSchema(error))))
      }
    },
  }
  const yoga = createYoga<ServerContext, GraphQLContext>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    logging: false,
    cors: false,
    multipart: false,
    // The body is read, and its size limited, before this is called.
    maxRequestBodySize: false,
    parserAndValidationCache: caches,
    // graphiql-page.ts serves the page before an operation is executed.
    graphiql: false,
    maskedErrors: { maskError: translate },
    context: async ({ source, params }) => {
      if (source.kind === 'socket') return createContext(services, source.principal, source.connection)
      return createHttpContext(source, params.query)
    },
    plugins: [...(tracer === NO_TRACER ? [] : [traceExecution(tracer)]), contract],
  })
  return { yoga, known, executeSubscription }
}
