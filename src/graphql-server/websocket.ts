import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ExecutionArgs, GraphQLError } from 'graphql'
import type { OperationResult } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Authenticator, parseBearer } from '../access/authenticator.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import { KeyturnError, unauthenticated } from '../kernel/errors.ts'
import { CREDENTIAL_NO_LONGER_VALID, RESTART, TOO_SLOW } from '../live/live-request.ts'
import { type Connection, callerName } from '../schema-kit/context.ts'
import type { ConnectionLimit } from './connection-limit.ts'
import { type ReportBug, toGraphQLError } from './errors.ts'
import type { Yoga } from './yoga.ts'

export interface WebSocketOptions {
  readonly yoga: Yoga
  readonly authenticator: Authenticator
  readonly report: ReportBug
  /** Where an upgrade request comes from. */
  readonly originOf: (request: IncomingMessage) => CallOrigin
  /** Whether the page that opens a connection, if one does, may. */
  readonly allowsOrigin: (request: IncomingMessage) => boolean
  /** The largest message that is read, in bytes. */
  readonly maxMessageBytes: number
  readonly connections: ConnectionLimit
}

/** Close codes, as the contract names them. */
const UNAUTHORIZED = 4401
const TOO_MANY = 4429
/** Operations that may run on a connection at a time. */
const MOST_OPERATIONS = 100

const PATH = '/graphql'
const INIT_TIMEOUT_MS = 5_000
/** Answers that a client may leave unread; subscriptions wait for their reader, answers do not. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024
/** How long a socket that was told to close may take before it is cut. */
const CLOSE_TIMEOUT_MS = 2_000

interface SocketState extends Record<PropertyKey, unknown> {
  connection: Connection
  /** Whose connection it is counted as. */
  caller: string
  /** Who an operation is for: whoever the credential speaks for now, or null for nobody. Throws UNAUTHENTICATED. */
  identify: () => Promise<Principal | null>
}

const bearerOf = (parameters: Record<string, unknown> | undefined, request: IncomingMessage): string | null => {
  const given = Object.entries(parameters ?? {}).find(([name]) => name.toLowerCase() === 'authorization')?.[1]
  const authorization = given ?? request.headers.authorization
  if (authorization === undefined || authorization === null) return null
  return parseBearer(typeof authorization === 'string' ? authorization : '')
}

const pathOf = ({ url = '/' }: IncomingMessage): string | undefined => url.split('?')[0]

const refuse = (socket: Duplex, status: string): void => {
  // Half open, it would stay until its client closes it, and keep a restart waiting.
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

const TOO_MANY_OPERATIONS = `A connection runs at most ${MOST_OPERATIONS} operations at a time: complete one, or open another.`

const end = (socket: WebSocket, code: number, reason: string): void => {
  socket.close(code, reason)
  setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref()
}

const cutIfUnread = (socket: WebSocket): void => {
  if (socket.bufferedAmount > MOST_UNREAD_BYTES) end(socket, TOO_SLOW, 'Read too slowly')
}

/**
 * Frames that are none and answers that nobody takes any more end in the closing of their socket, and the protocol's
 * library hears of that. It would write each to the console besides, with its stack, past the log.
 */
const keepQuiet = (socket: WebSocket): void => {
  socket.removeAllListeners('error').on('error', () => undefined)
  const send = socket.send.bind(socket)
  socket.send = (data: string, done?: unknown) => send(data, () => typeof done === 'function' && done())
}

/** GraphQL over WebSocket (graphql-transport-ws) on a server's upgrade requests for /graphql. */
export class GraphQLWebSockets {
  private readonly options: WebSocketOptions
  private readonly sockets: WebSocketServer

  constructor(options: WebSocketOptions) {
    this.options = options
    this.sockets = new WebSocketServer({
      noServer: true,
      maxPayload: options.maxMessageBytes,
      perMessageDeflate: false,
    })
    this.serve()
  }

  /** How many sockets are open, those that were told to close not counted. */
  get size(): number {
    return [...this.sockets.clients].filter((socket) => socket.readyState === socket.OPEN).length
  }

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy())
      if (pathOf(request) !== PATH) return refuse(socket, '404 Not Found')
      // A page of another site must not speak with what a browser would send along for its reader.
      if (!this.options.allowsOrigin(request)) return refuse(socket, '403 Forbidden')
      this.sockets.handleUpgrade(request, socket, head, (opened) => {
        this.sockets.emit('connection', opened, request)
        keepQuiet(opened)
      })
    })
  }

  /** Tells every client that the service restarts; cuts those that do not listen. */
  async close(): Promise<void> {
    for (const socket of this.sockets.clients) end(socket, RESTART, 'Service restart')
    await new Promise<void>((resolve) => {
      this.sockets.close(() => resolve())
    })
  }

  private serve(): void {
    const { authenticator, report, originOf, connections } = this.options
    useServer<Record<string, unknown>, SocketState>(
      {
        connectionInitWaitTimeout: INIT_TIMEOUT_MS,
        // Otherwise the reason of a close would tell clients of our insides.
        isProd: true,
        onConnect: async (context) => {
          const { socket, request } = context.extra
          const origin = originOf(request)
          try {
            const credential = bearerOf(context.connectionParams, request)
            const principal = credential === null ? null : await authenticator.authenticate(credential, origin)
            const caller = callerName(principal, origin)
            if (!connections.enter(caller)) {
              end(socket, TOO_MANY, connections.message)
              return false
            }
            context.extra.caller = caller
            const presented = credential === null ? null : authenticator.present(credential, origin)
            context.extra.connection = {
              origin,
              credential: presented,
              end: (code, reason) => end(socket, code, reason),
              // Whoever speaks this protocol ends the operations of a socket that closes.
              onGone: () => () => undefined,
              // The socket is counted, whatever runs on it.
              hold: () => undefined,
            }
            context.extra.identify = async () => {
              if (credential === null || presented === null) return null
              if ((await presented.recheck()) !== null) return authenticator.authenticate(credential, origin)
              end(socket, CREDENTIAL_NO_LONGER_VALID, 'Credential no longer good')
              throw unauthenticated('The credential of this connection is no longer good.')
            }
            return true
          } catch (error) {
            if (!(error instanceof KeyturnError)) report(error, origin.requestId)
            end(socket, UNAUTHORIZED, 'Unauthorized')
            return false
          }
        },
        onSubscribe: (context, _id, payload) => {
          if (Object.keys(context.subscriptions).length > MOST_OPERATIONS)
            return [toGraphQLError(new KeyturnError('LIMIT_REACHED', TOO_MANY_OPERATIONS), null, report)]
          return this.prepare(context.extra, payload)
        },
        onClose: ({ extra }) => {
          if (extra.caller !== undefined) connections.leave(extra.caller)
        },
        execute: (args) => (args.rootValue as Engine).execute({ ...args, rootValue: undefined }),
        subscribe: (args) => (args.rootValue as Engine).subscribe({ ...args, rootValue: undefined }),
        // A failure of the whole operation carries what only HTTP has a use for.
        onNext: ({ extra }, _id, _payload, _args, { data, errors }) => {
          cutIfUnread(extra.socket)
          if (errors === undefined) return
          const shown = errors.map((error) => withoutHttp(toGraphQLError(error, null, report)))
          return { ...(data === undefined ? {} : { data }), errors: shown }
        },
        onError: ({ extra }, _id, _payload, errors) => {
          cutIfUnread(extra.socket)
          return errors.map((error) => withoutHttp(toGraphQLError(error, null, report)))
        },
      },
      this.sockets,
    )
  }

  private async prepare(
    { identify, connection }: Partial<SocketState>,
    payload: { readonly query: string; readonly variables?: unknown; readonly operationName?: unknown },
  ) {
    const { yoga, report } = this.options
    if (identify === undefined || connection === undefined) throw new Error('An operation came before its connection.')
    let principal: Principal | null
    try {
      principal = await identify()
    } catch (error) {
      return [toGraphQLError(error, connection.origin.requestId, report)]
    }
    const source = { kind: 'socket' as const, principal, connection }
    const { schema, parse, validate, contextFactory, execute, subscribe } = yoga.getEnveloped({
      source,
      params: payload,
    } as never)
    try {
      const document = parse(payload.query)
      const errors = validate(schema, document)
      if (errors.length > 0) return errors as readonly GraphQLError[]
      return {
        schema,
        document,
        operationName: payload.operationName as string | null,
        variableValues: payload.variables as Record<string, unknown>,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe } satisfies Engine,
      }
    } catch (error) {
      return [toGraphQLError(error, connection.origin.requestId, report)]
    }
  }
}

/** How an operation is executed, carried along as its root value: it belongs to the operation's own context. */
interface Engine {
  readonly execute: (args: ExecutionArgs) => OperationResult
  readonly subscribe: (args: ExecutionArgs) => OperationResult
}

const withoutHttp = (error: GraphQLError): GraphQLError['toJSON'] extends () => infer Formatted ? Formatted : never => {
  const { http: _, ...extensions } = error.extensions
  return { ...error.toJSON(), extensions }
}
