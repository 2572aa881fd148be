import type { ExecutionResult } from 'graphql'
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import type { Authenticator, Identified } from '../access/authenticator.ts'
import { parseBearer } from '../access/bearer.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { LiveReader } from '../access/live-reader.ts'
import type { Principal } from '../access/principal.ts'
import type { SessionToken } from '../access/verification.ts'
import type { SessionRequest } from '../http/session-cookie.ts'
import { andThen } from '../kernel/maybe-promise.ts'
import { NO_TRACER, type Tracer } from '../kernel/tracer.ts'
import { type Connection, createContext, type GraphQLContext, type Services } from '../schema-kit/context.ts'
import { parseLimited } from '../schema-kit/limits.ts'
import { admit } from './admission.ts'
import { createDocumentCaches } from './document-cache.ts'
import { type ReportBug, toGraphQLError, withoutSchema } from './errors.ts'
import { createSubscriptionExecutor, type ExecuteSubscription } from './execute-subscription.ts'
import { holderOf, type LiveLimits } from './live-limits.ts'
import { limitMutations, recordDenials } from './operation-rates.ts'
import { createMask, withinAnswerLimit } from './result-masking.ts'
import { schema } from './schema.ts'
import type { SlotHolder } from './slot-limit.ts'
import { traceExecution } from './trace-execution.ts'
import { validateLimited } from './validation.ts'

/** The response to an operation over HTTP, if it is an event stream. */
export interface HttpStream extends Pick<LiveReader, 'end' | 'onGone'> {
  /** Counts its connection for the credential instead of the address. Returns a function that undoes it. */
  readonly exempt: () => () => void
}

/** The source of an operation: its caller, or how to authenticate it. */
export type OperationSource =
  | {
      readonly kind: 'http'
      readonly origin: CallOrigin
      readonly authorization: string | undefined
      /** The console session that the request was made by; null if it has none, or has an authorization. */
      readonly session: SessionRequest | null
      /** How the response ends, if it is an event stream. */
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

const ANONYMOUS_CALLER: Identified = { principal: null, verifiedEmail: null }

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
      const { rejection, introspects } = admit(args, introspection)
      return andThen(rejection ?? limitMutations(args), (error) => {
        if (error !== null) {
          const { requestId } = context.connection.origin
          return setResultAndStopExecution({ errors: [toGraphQLError(error, requestId, report)] })
        }
        return {
          onExecuteDone: async ({ result, setResult }) => {
            const executed = result as ExecutionResult
            if (introspects) context.answer.addJson(executed.data)
            const masked = await recordDenials(context, args, mask(executed, context), report)
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
    parserAndValidationCache: createDocumentCaches(),
    // graphiql-page.ts serves the page before an operation is executed.
    graphiql: false,
    maskedErrors: { maskError: translate },
    context: async ({ source, params }) => {
      if (source.kind === 'socket') return createContext(services, source.principal, source.connection)
      const { origin, authorization, session, stream } = source
      try {
        const credential = authorization === undefined ? tokenOf(session) : parseBearer(authorization)
        // A signed-in person who is not a member may accept an invitation. For everything else they are UNAUTHENTICATED.
        const mayJoin = params.query?.includes('acceptInvitation') === true
        const { principal, verifiedEmail } =
          credential === null ? ANONYMOUS_CALLER : await authenticator.identify(credential, origin, mayJoin)
        const connection: Connection = {
          origin,
          credential: credential === null ? null : authenticator.present(credential, origin),
          hold: (reader) => holdStream(limits, holderOf(reader, origin), stream),
          end: stream.end,
          onGone: stream.onGone,
          mutationRefusal: session?.changeRefusal ?? null,
        }
        return createContext(services, principal, connection, verifiedEmail)
      } catch (error) {
        // The request id is known here, and the log is searched by it.
        throw toGraphQLError(error, origin.requestId, report)
      }
    },
    plugins: [...(tracer === NO_TRACER ? [] : [traceExecution(tracer)]), contract],
  })
  return { yoga, executeSubscription }
}

/** The token of a session. Throws FORBIDDEN for a request of a page of another origin. */
const tokenOf = (session: SessionRequest | null): SessionToken | null => {
  if (session === null) return null
  if (session.refusal !== null) throw session.refusal
  return session.token
}

/** An event stream counts as a live connection and as a live subscription. */
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
