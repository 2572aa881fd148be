import type { ExecutionArgs, ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql'
import { makeServer, type OperationResult, type Server as ProtocolServer, type SubscribePayload } from 'graphql-ws'
import { KeyturnError, Unavailable } from '../kernel/errors.ts'
import { CLOSE_CODES } from '../live/close-codes.ts'
import { RequestedItems } from '../live/requested-items.ts'
import { type ReportBug, toGraphQLError } from './errors.ts'
import type { ExecuteSubscription } from './execute-subscription.ts'
import type { SocketSession } from './socket-session.ts'
import { SentResults } from './socket-subscription.ts'
import type { Yoga } from './yoga.ts'

export interface SocketProtocolOptions {
  readonly yoga: Yoga
  readonly executeSubscription: ExecuteSubscription
  readonly report: ReportBug
}

/** What graphql-ws keeps for each socket. */
export interface SocketExtra {
  readonly session: SocketSession
}

/** Operations that may run on a connection at a time. */
const MAX_OPERATIONS = 100
const TOO_MANY_OPERATIONS = `A connection runs at most ${MAX_OPERATIONS} operations at a time. Complete one, or open another connection.`
const INIT_TIMEOUT_MS = 5_000

/** How an operation is executed, carried along as its root value because it belongs to the operation's own context. */
interface OperationRoot {
  readonly session: SocketSession
  readonly execute: (args: ExecutionArgs) => OperationResult
}

/** The graphql-transport-ws protocol: limits, authentication, preparation and execution of the operations of a socket. */
export const createSocketProtocol = (options: SocketProtocolOptions): ProtocolServer<SocketExtra> => {
  const { executeSubscription, report } = options
  const shown = (error: GraphQLError) => withoutHttp(toGraphQLError(error, null, report))
  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    onConnect: async (context) => {
      const { connectionParams, extra } = context
      // Only the credential is needed, and the parameters may be as large as a message.
      Object.assign(context, { connectionParams: undefined })
      return extra.session.connect(connectionParams)
    },
    onSubscribe: async ({ subscriptions, extra: { session } }, _id, payload) => {
      // An operation that its client has completed may still be executing.
      if (Object.keys(subscriptions).length > MAX_OPERATIONS || session.running >= MAX_OPERATIONS)
        return [toGraphQLError(new KeyturnError('LIMIT_REACHED', TOO_MANY_OPERATIONS), null, report)]
      return session.count(() => prepare(options, session, payload))
    },
    execute: (args) => {
      const { session, execute } = args.rootValue as OperationRoot
      return session.count<Awaited<OperationResult>>(() => execute({ ...args, rootValue: undefined }))
    },
    subscribe: (args) => {
      const { session } = args.rootValue as OperationRoot
      return session.count(() => executeSubscription({ ...args, rootValue: undefined }))
    },
    onOperation: ({ extra: { session } }, id, payload, args, result) => {
      if (!(result instanceof RequestedItems)) return undefined
      // graphql-ws keeps both until the subscription ends, and uses neither.
      Object.assign(args, { contextValue: undefined, rootValue: undefined })
      Object.assign(payload, { query: '', variables: undefined })
      return new SentResults<ExecutionResult>(result, id, session.channel)
    },
    onNext: (_context, _id, _payload, _args, { data, errors }) =>
      errors === undefined ? undefined : { ...(data === undefined ? {} : { data }), errors: errors.map(shown) },
    onError: (_context, _id, _payload, errors) => errors.map(shown),
  })
}

/** A subscription by its text, because nothing has been parsed where its caller cannot be identified. */
const SUBSCRIPTION = /^\s*subscription\b/m

/** Parses, validates and authenticates an operation. Returns its execution arguments, or its errors. */
const prepare = async (
  { yoga, report }: SocketProtocolOptions,
  session: SocketSession,
  payload: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> => {
  const { connection } = session
  try {
    const principal = await session.identify()
    const source = { kind: 'socket' as const, principal, connection }
    const { schema, parse, validate, contextFactory, execute } = yoga.getEnveloped({ source, params: payload })
    const document = parse(payload.query)
    const errors: readonly GraphQLError[] = validate(schema, document)
    if (errors.length > 0) return errors
    return {
      schema,
      document,
      operationName: payload.operationName ?? null,
      variableValues: payload.variables ?? null,
      contextValue: await contextFactory(),
      rootValue: { session, execute } satisfies OperationRoot,
    }
  } catch (error) {
    if (error instanceof Unavailable && SUBSCRIPTION.test(payload.query))
      connection.end(CLOSE_CODES.tryAgainLater, 'Unavailable')
    return [toGraphQLError(error, connection.origin.requestId, report)]
  }
}

/** The error of a whole operation carries a status and headers, which only HTTP can use. */
const withoutHttp = (error: GraphQLError): GraphQLFormattedError => {
  const { http: _, ...extensions } = error.extensions
  return { ...error.toJSON(), extensions }
}
