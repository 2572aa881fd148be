import { type ExecutionArgs, type ExecutionResult, NoSchemaIntrospectionCustomRule } from 'graphql'
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import { type Authenticator, type CallOrigin, parseBearer } from '../access/authenticator.ts'
import type { Principal } from '../access/principal.ts'
import type { LiveReader } from '../audit/live-subscriptions.ts'
import { type Connection, createContext, type GraphQLContext, type Services } from './context.ts'
import { type ReportBug, toGraphQLError } from './errors.ts'
import { createSubscriptionExecutor, maskWith } from './execute-subscription.ts'
import { schema } from './schema.ts'

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
}

const WELCOME = `# Keyturn. Put your credential under Headers: {"authorization": "Bearer kt_pk_..."}
query Viewer {
  viewer {
    kind
    organizations { id name }
  }
}
`

/** Executes operations, whatever they came in by. */
export const createGraphQL = ({ services, authenticator, report, graphiql, introspection }: YogaOptions): Yoga => {
  const mask = maskWith(report)
  const contract: Plugin<GraphQLContext> = {
    onExecute: ({ args }) => ({
      onExecuteDone: ({ result, setResult }) => {
        const { requestId } = (args as ExecutionArgs & { contextValue: GraphQLContext }).contextValue.connection.origin
        setResult(mask(result as ExecutionResult, requestId))
      },
    }),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(createSubscriptionExecutor(report) as never),
    onValidate: ({ addValidationRule }) => {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule)
      return ({ result, setResult }) => {
        if (result.length > 0) setResult(result.map((error) => toGraphQLError(error, null, report)))
      }
    },
  }
  const options = {
    title: 'Keyturn',
    defaultQuery: WELCOME,
    // Over server-sent events the header editor's authorization goes along; a WebSocket in a browser has no headers.
    subscriptionsProtocol: 'SSE' as const,
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
    graphiql: graphiql ? options : false,
    // Nine megabytes that only a browser ever asks for.
    renderGraphiQL: async (given) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(given),
    maskedErrors: { maskError: (error) => toGraphQLError(error, null, report) },
    context: async ({ source }) => {
      if (source.kind === 'socket') return createContext(services, source.principal, source.connection)
      const { origin, authorization, stream } = source
      const credential = authorization === undefined ? null : parseBearer(authorization)
      const principal = credential === null ? null : await authenticator.authenticate(credential, origin)
      return createContext(services, principal, {
        origin,
        recheck: async () => (credential === null ? null : authenticator.recheck(credential, origin)),
        ...stream,
      })
    },
    plugins: [contract],
  })
}
