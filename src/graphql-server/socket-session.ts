import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { CloseCode } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { Authenticator, PresentedCredential } from '../access/authenticator.ts'
import { parseBearer } from '../access/bearer.ts'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import type { Presented, SessionToken } from '../access/verification.ts'
import type { SessionOf } from '../http/session-cookie.ts'
import { forbidden, KeyturnError, Unavailable, unauthenticated } from '../kernel/errors.ts'
import { CLOSE_CODES, noLongerValidText } from '../live/close-codes.ts'
import type { Connection } from '../schema-kit/context.ts'
import type { ReportBug } from './errors.ts'
import { holderOf, type LiveLimits } from './live-limits.ts'
import { NoSlotLeft, type ReleaseSlot, type SlotHolder } from './slot-limit.ts'
import { endSocket, type SocketChannel } from './socket-channel.ts'
import { SocketConnection } from './socket-connection.ts'

export interface SocketSessionOptions {
  readonly authenticator: Authenticator
  readonly sessionOf: SessionOf
  readonly report: ReportBug
  readonly limits: LiveLimits
  /** Called when a socket counts for its credential, and no longer for its address. */
  readonly onAuthenticated: (connection: Socket) => void
}

export interface OpenSocket {
  readonly socket: WebSocket
  readonly channel: SocketChannel
  readonly origin: CallOrigin
  /** Releases the slot that the socket takes while it is unauthenticated. */
  readonly releaseUnauthenticated: ReleaseSlot
}

/** The caller of a socket, as of its connection_init. */
interface SocketCaller {
  readonly connection: Connection
  /** The credential as it was presented, and what re-checks it; null for an anonymous caller. */
  readonly credential: { readonly given: Presented; readonly presented: PresentedCredential } | null
}

const NO_MUTATIONS = forbidden(
  [],
  'A WebSocket by session cookie carries queries and subscriptions. Send mutations by POST to /graphql.',
)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const authorizationIn = (headers: unknown): unknown =>
  isRecord(headers) ? Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1] : undefined

/**
 * The bearer credential of connection_init or of the upgrade request; null if there is none. Explorers send their headers
 * as the payload or in its `headers`, others with the upgrade. Throws UNAUTHENTICATED.
 */
const bearerOf = (payload: Record<string, unknown> | undefined, request: IncomingMessage): string | null => {
  const authorization = authorizationIn(payload) ?? authorizationIn(payload?.headers) ?? request.headers.authorization
  if (authorization === undefined || authorization === null) return null
  return parseBearer(typeof authorization === 'string' ? authorization : '')
}

/** Payload of connection_ack: tells a caller whose key expires when it does, as the HTTP header `keyturn-key-expires` does. */
type Acknowledgment = { readonly keyExpires: string }

const acknowledgmentFor = (principal: Principal | null): Acknowledgment | true => {
  const expiresAt = principal?.credential.keyExpiresAt ?? null
  return expiresAt === null || { keyExpires: expiresAt.toISOString() }
}

/** One WebSocket: who its caller is, and how many operations run on it. */
export class SocketSession {
  readonly channel: SocketChannel
  private readonly options: SocketSessionOptions
  private readonly open: OpenSocket
  /** The upgrade request, until connection_init: its headers are much of what an idle socket would hold. */
  private request: IncomingMessage | null
  private caller: SocketCaller | null = null
  private runningCount = 0

  constructor(options: SocketSessionOptions, open: OpenSocket, request: IncomingMessage) {
    this.options = options
    this.open = open
    this.request = request
    this.channel = open.channel
  }

  /** Operations that are being prepared or executed. */
  get running(): number {
    return this.runningCount
  }

  /** The connection as operations see it. Throws if connection_init was not accepted. */
  get connection(): Connection {
    return this.requireCaller().connection
  }

  /** Counts the work among the running operations. */
  async count<T>(work: () => T | Promise<T>): Promise<T> {
    this.runningCount += 1
    try {
      return await work()
    } finally {
      this.runningCount -= 1
    }
  }

  /** Authenticates connection_init. Returns the payload of connection_ack, or whether it is accepted; otherwise closes the socket. */
  async connect(payload: Record<string, unknown> | undefined): Promise<Acknowledgment | boolean> {
    const { authenticator, limits, report } = this.options
    const { socket, channel, origin } = this.open
    const request = this.takeRequest()
    try {
      const given = bearerOf(payload, request) ?? this.sessionOf(request)
      const principal = given === null ? null : await authenticator.authenticate(given, origin)
      // A socket that has closed meanwhile would never release what it takes here.
      if (socket.readyState !== socket.OPEN) return false
      if (principal !== null) this.countFor(holderOf(principal, origin), request.socket)
      const credential = given === null ? null : { given, presented: authenticator.present(given, origin) }
      const connection = new SocketConnection(
        {
          origin,
          credential: credential?.presented ?? null,
          mutationRefusal: typeof given === 'object' && given !== null ? NO_MUTATIONS : null,
        },
        channel,
        limits,
      )
      this.caller = { connection, credential }
      return acknowledgmentFor(principal)
    } catch (error) {
      if (error instanceof NoSlotLeft) {
        endSocket(socket, error.instanceIsFull ? CLOSE_CODES.tryAgainLater : CLOSE_CODES.limitExceeded, error.message)
        return false
      }
      if (error instanceof Unavailable) endSocket(socket, CLOSE_CODES.tryAgainLater, 'Unavailable')
      else if (error instanceof KeyturnError && error.code === 'FORBIDDEN')
        endSocket(socket, CLOSE_CODES.forbidden, 'Forbidden: not the origin of the console')
      else if (error instanceof KeyturnError) {
        const { reason } = error.fields
        endSocket(socket, CLOSE_CODES.unauthorized, reason === undefined ? 'Unauthorized' : `Unauthorized: ${reason}`)
      } else {
        report(error, origin.requestId)
        endSocket(socket, CloseCode.InternalServerError, 'Internal server error')
      }
      return false
    }
  }

  /** The current caller, for an operation; null for an anonymous one. Throws UNAUTHENTICATED and closes the socket. */
  async identify(): Promise<Principal | null> {
    const { credential } = this.requireCaller()
    if (credential === null) return null
    const { socket, origin } = this.open
    if ((await credential.presented.recheck()) !== null)
      return this.options.authenticator.authenticate(credential.given, origin)
    const reason = credential.presented.refusalReason()
    endSocket(socket, CLOSE_CODES.credentialNoLongerValid, noLongerValidText(reason))
    throw unauthenticated(reason ?? 'UNKNOWN', 'The credential of this connection is no longer valid.')
  }

  private takeRequest(): IncomingMessage {
    const { request } = this
    if (request === null) throw new Error('connection_init was accepted twice.')
    this.request = null
    return request
  }

  private requireCaller(): SocketCaller {
    if (this.caller === null) throw new Error('An operation came before connection_init was accepted.')
    return this.caller
  }

  /** Counts the socket for its credential instead of its address. Throws NoSlotLeft. */
  private countFor(holder: SlotHolder, connection: Socket): void {
    const { limits, onAuthenticated } = this.options
    const { socket, channel, releaseUnauthenticated } = this.open
    socket.on('close', limits.connections.take(holder))
    releaseUnauthenticated()
    channel.authenticated(holder)
    onAuthenticated(connection)
  }

  /** The console session of the upgrade request; null if there is none. Throws FORBIDDEN for another origin. */
  private sessionOf(request: IncomingMessage): SessionToken | null {
    const session = this.options.sessionOf(request.headers)
    if (session === null) return null
    // A browser sends the origin with every upgrade. Without one it is no page of the console.
    const refusal = session.refusal ?? session.originRefusal
    if (refusal !== null) throw refusal
    return session.token
  }
}
