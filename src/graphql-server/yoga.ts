import type { ExecutionResult } from 'graphql'
import { createYoga, type GraphiQLOptions, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import { type Authenticator, parseBearer } from '../access/authenticator.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import { KeyturnError } from '../kernel/errors.ts'
import { andThen } from '../kernel/maybe-promise.ts'
import type { LiveReader } from '../live/live-request.ts'
import {
  type Connection,
  callerName,
  createContext,
  type GraphQLContext,
  type Services,
} from '../schema-kit/context.ts'
import { parseLimited } from '../schema-kit/limits.ts'
import { admit } from './admission.ts'
import type { ConnectionLimit } from './connection-limit.ts'
import { createDocumentCaches } from './document-cache.ts'
import { type ReportBug, toGraphQLError, withoutSchema } from './errors.ts'
import { createSubscriptionExecutor, maskWith, withinAnswerLimit } from './execute-subscription.ts'
import { limitMutations, recordRefusals } from './operation-rates.ts'
import { schema } from './schema.ts'
import { validateLimited } from './validation.ts'

/** What a transport hands over with an operation: who calls, or how to find out. */
export type OperationSource =
  | {
      readonly kind: 'http'
      readonly origin: CallOrigin
      readonly authorization: string | undefined
      /** How its answer ends, where that is a stream. */
      readonly stream: Pick<LiveReader, 'end' | 'onGone'>
    }
  | { readonly kind: 'socket'; readonly principal: Principal | null; readonly connection: Connection }

export interface ServerContext {
  readonly source: OperationSource
}

export type Yoga = YogaServerInstance<ServerContext, GraphQLContext>

export interface YogaOptions {
  readonly services: Services
  readonly authenticator: Authenticator
  readonly report: ReportBug
  readonly graphiql: boolean
  readonly introspection: boolean
  readonly connections: ConnectionLimit
}

const WELCOME = `# Keyturn. Put your credential under Headers: {"authorization": "Bearer kt_pk_..."}
# Then re-fetch the schema (Ctrl-Shift-R) for documentation and completion.
query Viewer {
  viewer {
    kind
    organizations { id name }
  }
}
`

/**
 * GraphiQL's page: nine megabytes that only a browser ever asks for, and the same every time. To put them together anew
 * takes a tenth of a second in which nobody else is served.
 */
const graphiqlPage = () => {
  let page: Promise<string> | null = null
  return (options?: GraphiQLOptions): Promise<string> => {
    page ??= import('@graphql-yoga/render-graphiql').then(({ renderGraphiQL }) => renderGraphiQL(options))
    return page
  }
}

/** Executes operations, whatever they came in by. */
export const createGraphQL = (options: YogaOptions): Yoga => {
  const { services, authenticator, report, graphiql, introspection, connections } = options
  const mask = maskWith({ report, introspection })
  const translate = (error: unknown) => toGraphQLError(error, null, report)
  const contract: Plugin<GraphQLContext> = {
    onExecute: ({ args, setResultAndStopExecution }) => {
      const context = args.contextValue as GraphQLContext
      const { refusal, introspects } = admit(args, introspection)
      return andThen(refusal ?? limitMutations(args), (refused) => {
        if (refused !== null) {
          const { requestId } = context.connection.origin
          return setResultAndStopExecution({ errors: [toGraphQLError(refused, requestId, report)] })
        }
        return {
          onExecuteDone: async ({ result, setResult }) => {
            const executed = result as ExecutionResult
            if (introspects) context.answer.addJson(executed.data)
            const masked = await recordRefusals(context, args, mask(executed, context), report)
            setResult(withinAnswerLimit(masked, context, report))
          },
        }
      })
    },
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(createSubscriptionExecutor({ report, introspection }) as never),
    onParse: ({ setParseFn }) => setParseFn(parseLimited),
    onValidate: ({ setValidationFn }) => {
      setValidationFn(validateLimited)
      return ({ result, setResult }) => {
        // Without introspection nobody is told names that they did not know.
        if (result.length > 0) setResult(result.map((error) => translate(introspection ? error : withoutSchema(error))))
      }
    },
  }
  const page = {
    title: 'Keyturn',
    defaultQuery: WELCOME,
    // Over server-sent events the header editor's authorization goes along; a WebSocket in a browser has no headers.
    subscriptionsProtocol: 'SSE' as const,
    // What is under Headers is a credential: a browser's storage would keep it for whoever sits there next.
    shouldPersistHeaders: false,
  }
  return createYoga<ServerContext, GraphQLContext>({
    schema,
    graphqlEndpoint: '/graphql',
    landingPage: false,
    logging: false,
    cors: false,
    multipart: false,
    // The body was read, and its size limited, before this is called.
    maxRequestBodySize: false,
    parserAndValidationCache: createDocumentCaches(),
    graphiql: graphiql ? page : false,
    renderGraphiQL: graphiqlPage(),
    maskedErrors: { maskError: translate },
    context: async ({ source }) => {
      if (source.kind === 'socket') return createContext(services, source.principal, source.connection)
      const { origin, authorization, stream } = source
      try {
        const credential = authorization === undefined ? null : parseBearer(authorization)
        const principal = credential === null ? null : await authenticator.authenticate(credential, origin)
        return createContext(services, principal, {
          origin,
          credential: credential === null ? null : authenticator.present(credential, origin),
          hold: () => {
            const caller = callerName(principal, origin)
            if (!connections.enter(caller)) throw new KeyturnError('LIMIT_REACHED', connections.message)
            stream.onGone(() => connections.leave(caller))
          },
          ...stream,
        })
      } catch (error) {
        // Here it is still known which request it is that the log will be searched for.
        throw toGraphQLError(error, origin.requestId, report)
      }
    },
    plugins: [contract],
  })
}
