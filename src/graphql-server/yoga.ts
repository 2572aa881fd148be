import { type DocumentNode, type ExecutionResult, NoSchemaIntrospectionCustomRule } from 'graphql'
import { createYoga, type GraphiQLOptions, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import { type Authenticator, parseBearer } from '../access/authenticator.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import { causeOf } from '../audit/caller.ts'
import { accessDenied } from '../audit/events/access-events.ts'
import { KeyturnError } from '../kernel/errors.ts'
import type { LiveReader } from '../live/live-request.ts'
import {
  type Connection,
  callerName,
  createContext,
  type GraphQLContext,
  type Services,
} from '../schema-kit/context.ts'
import { countingRule, explainAborted, parseLimited } from '../schema-kit/limits.ts'
import type { ConnectionLimit } from './connection-limit.ts'
import { type ReportBug, toGraphQLError, withoutSuggestions } from './errors.ts'
import { createSubscriptionExecutor, maskWith } from './execute-subscription.ts'
import { fieldNamesAt } from './refused-field.ts'
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
  readonly connections: ConnectionLimit
}

const WELCOME = `# Keyturn. Put your credential under Headers: {"authorization": "Bearer kt_pk_..."}
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
  const mask = maskWith(report)
  // Without introspection nobody is told names that they did not know.
  const translate = (error: unknown) => {
    const translated = toGraphQLError(error, null, report)
    return introspection ? translated : withoutSuggestions(translated)
  }
  const contract: Plugin<GraphQLContext> = {
    onExecute: ({ args }) => ({
      onExecuteDone: async ({ result, setResult }) => {
        const context = args.contextValue as GraphQLContext
        const masked = mask(result as ExecutionResult, context.connection.origin.requestId)
        await recordRefusals(context, args.document, masked)
        setResult(masked)
      },
    }),
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(createSubscriptionExecutor(report) as never),
    onParse: ({ setParseFn }) => setParseFn(parseLimited),
    onValidate: ({ addValidationRule }) => {
      addValidationRule(countingRule)
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule)
      return ({ result, setResult }) => {
        if (result.length > 0) setResult(result.map((error) => translate(explainAborted(error))))
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

/** What somebody was refused is in the history of the organization that their credential belongs to. */
const recordRefusals = async (
  { principal, connection, services }: GraphQLContext,
  document: DocumentNode,
  result: ExecutionResult,
) => {
  if (principal === null || result.errors === undefined) return
  for (const { extensions, path } of result.errors) {
    if (extensions.code !== 'FORBIDDEN') continue
    const field = fieldNamesAt(document, path ?? [])
    await services.denials.record({
      organizationId: principal.organizationId,
      cause: causeOf(principal, connection.origin),
      draft: accessDenied({
        reason: 'forbidden',
        field,
        required: (extensions.required as string[] | undefined) ?? [],
      }),
    })
  }
}
