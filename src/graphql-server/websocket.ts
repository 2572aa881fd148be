import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { CloseCode, handleProtocols, type Server as ProtocolServer } from 'graphql-ws'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import type { CallOrigin } from '../access/call-origin.ts'
import { CLOSE_CODES } from '../live/close-codes.ts'
import { KeepAlive } from './keep-alive.ts'
import { addressHolder } from './live-limits.ts'
import { NoSlotLeft, type ReleaseSlot, type SlotHolder } from './slot-limit.ts'
import { CLOSE_TIMEOUT_MS, endSocket, SocketChannel } from './socket-channel.ts'
import { createSocketProtocol, type SocketExtra, type SocketProtocolOptions } from './socket-protocol.ts'
import { SocketSession, type SocketSessionOptions } from './socket-session.ts'
import { UnreadBytes } from './unread-bytes.ts'

export interface WebSocketOptions extends SocketProtocolOptions, SocketSessionOptions {
  /** Where an upgrade request comes from. */
  readonly originOf: (request: IncomingMessage) => CallOrigin
  /** Whether the web page that opens the connection, if one does, may do so. */
  readonly allowsOrigin: (request: IncomingMessage) => boolean
  /** Size in bytes of the largest message that is read. */
  readonly maxMessageBytes: number
  /** Messages that a client may send per second on a socket, control frames included. */
  readonly messagesPerSecond: number
}

const PATH = '/graphql'

const pathOf = ({ url = '/' }: IncomingMessage): string | undefined => url.split('?')[0]

const refuse = (socket: Duplex, status: string): void => {
  // A half-open connection would stay until its client closes it, and delay a restart.
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}

function destroyThis(this: Duplex): void {
  this.destroy()
}

/** GraphQL over WebSocket (graphql-transport-ws): handles the upgrade requests for /graphql. */
export class GraphQLWebSockets {
  private readonly options: WebSocketOptions
  private readonly sockets: WebSocketServer
  private readonly protocol: ProtocolServer<SocketExtra>
  private readonly unread = new UnreadBytes()
  private readonly keepAlive = new KeepAlive()

  constructor(options: WebSocketOptions) {
    this.options = options
    // The types of ws lack closeTimeout.
    const socketOptions: ServerOptions & { readonly closeTimeout: number } = {
      noServer: true,
      maxPayload: options.maxMessageBytes,
      perMessageDeflate: false,
      // SocketChannel answers pings, because pongs count as sent frames.
      autoPong: false,
      closeTimeout: CLOSE_TIMEOUT_MS,
      handleProtocols,
    }
    this.sockets = new WebSocketServer(socketOptions)
    this.protocol = createSocketProtocol(options)
  }

  /** Number of open sockets, without those that are closing. */
  get size(): number {
    let open = 0
    for (const socket of this.sockets.clients) if (socket.readyState === socket.OPEN) open += 1
    return open
  }

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // No closure: it would hold the request for as long as the socket is open.
      socket.on('error', destroyThis)
      if (pathOf(request) !== PATH) return refuse(socket, '404 Not Found')
      // A page of another site must not use what a browser sends along for its user.
      if (!this.options.allowsOrigin(request)) return refuse(socket, '403 Forbidden')
      const holder = addressHolder(this.options.originOf(request))
      const release = this.admit(socket, holder)
      if (release === null) return
      socket.on('close', release)
      this.sockets.handleUpgrade(request, socket, head, (opened) => this.open(opened, request, holder, release))
    })
  }

  /** Closes every socket because the service restarts, and resolves when all are gone. */
  async close(): Promise<void> {
    for (const socket of this.sockets.clients) endSocket(socket, CLOSE_CODES.restart, 'Service restart')
    await new Promise<void>((resolve) => {
      this.sockets.close(() => resolve())
    })
  }

  /** Takes a slot for an unauthenticated socket; null if the upgrade was refused. Clients try again by themselves. */
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
    const { messagesPerSecond, originOf, report } = this.options
    const channel = new SocketChannel(socket, {
      connection: request.socket,
      unread: this.unread,
      keepAlive: this.keepAlive,
      messagesPerSecond,
      holder,
    })
    const session = new SocketSession(
      this.options,
      { socket, channel, origin: originOf(request), releaseUnauthenticated: release },
      request,
    )
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
      { session },
    )
    socket.on('close', (code, reason) => void closed(code, String(reason)).catch(failed))
  }
}
