import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ExecutionArgs, GraphQLError } from 'graphql'
import { CloseCode, handleProtocols, makeServer, type OperationResult, type Server as ProtocolServer } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Authenticator, parseBearer } from '../access/authenticator.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import { KeyturnError, unauthenticated } from '../kernel/errors.ts'
import { CREDENTIAL_NO_LONGER_VALID, RESTART } from '../live/live-request.ts'
import type { Connection } from '../schema-kit/context.ts'
import { type ReportBug, toGraphQLError } from './errors.ts'
import { addressHolder, holderOf, type LiveLimits } from './live-limits.ts'
import { NoSlotLeft, type ReleaseSlot, type SlotHolder } from './slot-limit.ts'
import { endSocket, SocketChannel, TOO_MANY } from './socket-channel.ts'
import { UnreadBytes } from './unread-bytes.ts'
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
  readonly limits: LiveLimits
  /** Messages that a client may send per second on a socket, control frames included. */
  readonly messagesPerSecond: number
  /** Called when a socket is counted for its credential, and no longer for its address. */
  readonly onAuthenticated: (request: IncomingMessage) => void
}

/** Close codes, as the contract names them. */
const UNAUTHORIZED = 4401
const INSTANCE_FULL = 1013
/** Operations that may run on a connection at a time. */
const MOST_OPERATIONS = 100

const PATH = '/graphql'
const INIT_TIMEOUT_MS = 5_000

/** What is known of a socket from its beginning. */
interface SocketExtra extends Partial<SocketState>, Record<PropertyKey, unknown> {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  readonly channel: SocketChannel
  /** Gives back the slot that the socket takes among the unauthenticated ones. */
  readonly releaseUnauthenticated: ReleaseSlot
  /** Operations that are being prepared or executed. */
  running: number
}

/** What is known of a socket from its connection_init. */
interface SocketState {
  connection: Connection
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

/** GraphQL over WebSocket (graphql-transport-ws) on a server's upgrade requests for /graphql. */
export class GraphQLWebSockets {
  private readonly options: WebSocketOptions
  private readonly sockets: WebSocketServer
  private readonly protocol: ProtocolServer<SocketExtra>
  private readonly unread = new UnreadBytes()

  constructor(options: WebSocketOptions) {
    this.options = options
    this.sockets = new WebSocketServer({
      noServer: true,
      maxPayload: options.maxMessageBytes,
      perMessageDeflate: false,
      // Pongs count as frames that are sent, see SocketChannel.
      autoPong: false,
      handleProtocols,
    })
    this.protocol = this.createProtocol()
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
      const holder = addressHolder(this.options.originOf(request))
      const release = this.admit(socket, holder)
      if (release === null) return
      socket.once('close', release)
      this.sockets.handleUpgrade(request, socket, head, (opened) => this.open(opened, request, holder, release))
    })
  }

  /** Tells every client that the service restarts; cuts those that do not listen. */
  async close(): Promise<void> {
    for (const socket of this.sockets.clients) endSocket(socket, RESTART, 'Service restart')
    await new Promise<void>((resolve) => {
      this.sockets.close(() => resolve())
    })
  }

  /** Takes a slot for a socket that nobody has authenticated, or refuses its upgrade: clients try again by themselves. */
  private admit(socket: Duplex, holder: SlotHolder): ReleaseSlot | null {
    try {
      return this.options.limits.unauthenticated.take(holder)
    } catch (error) {
      if (!(error instanceof NoSlotLeft)) throw error
      refuse(socket, error.instanceIsFull ? '503 Service Unavailable' : '429 Too Many Requests')
      return null
    }
  }

  private open(socket: WebSocket, request: IncomingMessage, holder: SlotHolder, release: ReleaseSlot): void {
    const { messagesPerSecond, report } = this.options
    const channel = new SocketChannel(socket, { line: request.socket, unread: this.unread, messagesPerSecond, holder })
    const extra: SocketExtra = { socket, request, channel, releaseUnauthenticated: release, running: 0 }
    const failed = (error: unknown) => {
      report(error, null)
      endSocket(socket, CloseCode.InternalServerError, 'Internal server error')
    }
    const closed = this.protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => channel.send(text),
        close: (code, reason) => endSocket(socket, code ?? CloseCode.InternalServerError, reason ?? ''),
        onMessage: (callback) => channel.onMessage((text) => void callback(text).catch(failed)),
      },
      extra,
    )
    socket.once('close', (code, reason) => void closed(code, String(reason)).catch(failed))
  }

  private createProtocol(): ProtocolServer<SocketExtra> {
    const { report } = this.options
    return makeServer<Record<string, unknown>, SocketExtra>({
      connectionInitWaitTimeout: INIT_TIMEOUT_MS,
      onConnect: async (context) => {
        const { connectionParams, extra } = context
        // Only its credential is needed, and it may be as large as a message.
        Object.assign(context, { connectionParams: undefined })
        return this.connect(extra, connectionParams)
      },
      onSubscribe: async ({ subscriptions, extra }, _id, payload) => {
        // An operation that its client has completed may still be executing.
        if (Object.keys(subscriptions).length > MOST_OPERATIONS || extra.running >= MOST_OPERATIONS)
          return [toGraphQLError(new KeyturnError('LIMIT_REACHED', TOO_MANY_OPERATIONS), null, report)]
        return counted(extra, () => this.prepare(extra, payload))
      },
      execute: (args) => {
        const { execute, extra } = args.rootValue as Engine
        return counted(extra, async () => execute({ ...args, rootValue: undefined }))
      },
      subscribe: (args) => {
        const { subscribe, extra } = args.rootValue as Engine
        return counted(extra, async () => subscribe({ ...args, rootValue: undefined }))
      },
      // A failure of the whole operation carries what only HTTP has a use for.
      onNext: (_context, _id, _payload, _args, { data, errors }) => {
        if (errors === undefined) return
        const shown = errors.map((error) => withoutHttp(toGraphQLError(error, null, report)))
        return { ...(data === undefined ? {} : { data }), errors: shown }
      },
      onError: (_context, _id, _payload, errors) =>
        errors.map((error) => withoutHttp(toGraphQLError(error, null, report))),
    })
  }

  /** Authenticates a socket's connection_init; false where the socket was closed instead. */
  private async connect(extra: SocketExtra, parameters: Record<string, unknown> | undefined): Promise<boolean> {
    const { authenticator, report, originOf } = this.options
    const { socket, request } = extra
    const origin = originOf(request)
    try {
      const credential = bearerOf(parameters, request)
      const principal = credential === null ? null : await authenticator.authenticate(credential, origin)
      // Nobody would give back what a socket takes that has closed meanwhile.
      if (socket.readyState !== socket.OPEN) return false
      if (principal !== null) this.countFor(holderOf(principal, origin), extra)
      this.introduce(extra, credential, origin)
      return true
    } catch (error) {
      if (error instanceof NoSlotLeft) {
        endSocket(socket, error.instanceIsFull ? INSTANCE_FULL : TOO_MANY, error.message)
        return false
      }
      if (!(error instanceof KeyturnError)) report(error, origin.requestId)
      endSocket(socket, UNAUTHORIZED, 'Unauthorized')
      return false
    }
  }

  /** Counts a socket for its credential, and no longer for its address. Throws NoSlotLeft. */
  private countFor(holder: SlotHolder, { socket, request, channel, releaseUnauthenticated }: SocketExtra): void {
    const { limits, onAuthenticated } = this.options
    socket.once('close', limits.connections.take(holder))
    releaseUnauthenticated()
    channel.authenticated(holder)
    onAuthenticated(request)
  }

  private introduce(extra: SocketExtra, credential: string | null, origin: CallOrigin): void {
    const { authenticator, limits } = this.options
    const { socket } = extra
    const presented = credential === null ? null : authenticator.present(credential, origin)
    extra.connection = {
      origin,
      credential: presented,
      end: (code, reason) => endSocket(socket, code, reason),
      // Whoever speaks this protocol ends the operations of a socket that closes.
      onGone: () => () => undefined,
      // The socket itself is counted, whatever runs on it.
      hold: (principal) => limits.subscriptions.take(holderOf(principal, origin)),
    }
    extra.identify = async () => {
      if (credential === null || presented === null) return null
      if ((await presented.recheck()) !== null) return authenticator.authenticate(credential, origin)
      endSocket(socket, CREDENTIAL_NO_LONGER_VALID, 'Credential no longer valid')
      throw unauthenticated('The credential of this connection is no longer valid.')
    }
  }

  private async prepare(
    extra: SocketExtra,
    payload: { readonly query: string; readonly variables?: unknown; readonly operationName?: unknown },
  ) {
    const { yoga, report } = this.options
    const { identify, connection } = extra
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
    })
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
        rootValue: { execute, subscribe, extra } satisfies Engine,
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
  readonly extra: SocketExtra
}

/** Counts work among what runs on its socket. */
const counted = async <T>(extra: SocketExtra, work: () => Promise<T>): Promise<T> => {
  extra.running += 1
  try {
    return await work()
  } finally {
    extra.running -= 1
  }
}

const withoutHttp = (error: GraphQLError): GraphQLError['toJSON'] extends () => infer Formatted ? Formatted : never => {
  const { http: _, ...extensions } = error.extensions
  return { ...error.toJSON(), extensions }
}
