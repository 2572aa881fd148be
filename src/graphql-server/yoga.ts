import type { ExecutionResult } from 'graphql'
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import type { Authenticator, Identified } from '../access/authenticator.ts'
import { parseBearer } from '../access/bearer.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { LiveReader } from '../access/live-reader.ts'
import type { Principal } from '../access/principal.ts'
import { andThen } from '../kernel/maybe-promise.ts'
import { NO_TRACER, type Tracer } from '../kernel/tracer.ts'
import { type Connection, createContext, type GraphQLContext, type Services } from '../schema-kit/context.ts'
import { parseLimited } from '../schema-kit/limits.ts'
import { admit } from './admission.ts'
import { createDocumentCaches } from './document-cache.ts'
import { type ReportBug, toGraphQLError, withoutSchema } from './errors.ts'
import { createSubscriptionExecutor, type ExecuteSubscription } from './execute-subscription.ts'
import { holderOf, type LiveLimits } from './live-limits.ts'
import { limitMutations, recordRefusals } from './operation-rates.ts'
import { createMask, withinAnswerLimit } from './result-masking.ts'
import { schema } from './schema.ts'
import type { SlotHolder } from './slot-limit.ts'
import { traceExecution } from './trace-execution.ts'
import { validateLimited } from './validation.ts'

/** The answer to an operation over HTTP, where it is a stream of events. */
export interface HttpStream extends Pick<LiveReader, 'end' | 'onGone'> {
  /** Counts its connection for the credential, and no longer for the address. Returns a function that undoes it. */
  readonly exempt: () => () => void
}

/** What a transport hands over with an operation: who calls, or how to find out. */
export type OperationSource =
  | {
      readonly kind: 'http'
      readonly origin: CallOrigin
      readonly authorization: string | undefined
      /** How its answer ends, where that is a stream. */
      readonly stream: HttpStream
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
  readonly introspection: boolean
  readonly limits: LiveLimits
  readonly tracer: Tracer
}

const NOBODY: Identified = { principal: null, verifiedEmail: null }

/** The execution of operations, for all transports. */
export interface GraphQLEngine {
  readonly yoga: Yoga
  /** Executes subscriptions without Yoga's hooks on each result, which transports other than HTTP do not need. */
  readonly executeSubscription: ExecuteSubscription
}

export const createGraphQL = (options: YogaOptions): GraphQLEngine => {
  const { services, authenticator, report, introspection, limits, tracer } = options
  const mask = createMask({ report, introspection })
  const translate = (error: unknown) => toGraphQLError(error, null, report)
  // One for all subscriptions, because they share their results in it.
  const executeSubscription = createSubscriptionExecutor({ report, introspection })
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
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(executeSubscription),
    onParse: ({ setParseFn }) => setParseFn(parseLimited),
    onValidate: ({ setValidationFn }) => {
      setValidationFn(validateLimited)
      return ({ result, setResult }) => {
        // Without introspection nobody is told names that they did not know.
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
    // The body was read, and its size limited, before this is called.
    maxRequestBodySize: false,
    parserAndValidationCache: createDocumentCaches(),
    // Its page is served before an operation is looked for, see graphiql-page.ts.
    graphiql: false,
    maskedErrors: { maskError: translate },
    context: async ({ source, params }) => {
      if (source.kind === 'socket') return createContext(services, source.principal, source.connection)
      const { origin, authorization, stream } = source
      try {
        const credential = authorization === undefined ? null : parseBearer(authorization)
        // Who signed in and is no member yet may accept an invitation. To everything else they are UNAUTHENTICATED as a whole.
        const mayJoin = params.query?.includes('acceptInvitation') === true
        const { principal, verifiedEmail } =
          credential === null ? NOBODY : await authenticator.identify(credential, origin, mayJoin)
        const connection: Connection = {
          origin,
          credential: credential === null ? null : authenticator.present(credential, origin),
          hold: (reader) => holdStream(limits, holderOf(reader, origin), stream),
          end: stream.end,
          onGone: stream.onGone,
        }
        return createContext(services, principal, connection, verifiedEmail)
      } catch (error) {
        // Here it is still known which request it is that the log will be searched for.
        throw toGraphQLError(error, origin.requestId, report)
      }
    },
    plugins: [...(tracer === NO_TRACER ? [] : [traceExecution(tracer)]), contract],
  })
  return { yoga, executeSubscription }
}

/** An event stream is a live connection and a live subscription at once. */
const holdStream = (limits: LiveLimits, holder: SlotHolder, stream: HttpStream): (() => void) => {
  const releaseSubscription = limits.subscriptions.take(holder)
  let releaseConnection: () => void
  try {
    releaseConnection = limits.connections.take(holder)
  } catch (error) {
    releaseSubscription()
    throw error
  }
  const endExemption = holder.organizationId === null ? () => undefined : stream.exempt()
  const release = () => {
    releaseSubscription()
    releaseConnection()
    endExemption()
  }
  stream.onGone(release)
  return release
}
