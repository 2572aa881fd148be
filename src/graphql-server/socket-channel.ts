import type { Socket } from 'node:net'
import type { RawData, WebSocket } from 'ws'
import { TokenBucket } from '../kernel/token-bucket.ts'
import { CLOSE_CODES } from '../live/close-codes.ts'
import type { SlotHolder } from './slot-limit.ts'
import type { UnreadBytes, UnreadReader } from './unread-bytes.ts'

/** Unread bytes above which a socket is closed. Subscriptions wait for their reader before that; responses do not. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024
const MAX_UNREAD_BYTES_UNAUTHENTICATED = 256 * 1024
/** A burst may have as many messages as this many seconds allow. */
const BURST_SECONDS = 5
/** Time that a client has to answer a close frame before its connection is cut. */
const CLOSE_TIMEOUT_MS = 2_000
/** Proxies close a connection that is idle for 60 s by default. */
const PING_INTERVAL_MS = 50_000
/** Idle time after which the operating system probes whether the peer still exists. */
const TCP_KEEP_ALIVE_MS = 20_000

export interface ChannelOptions {
  /** The network connection of the WebSocket. */
  readonly connection: Socket
  readonly unread: UnreadBytes
  readonly messagesPerSecond: number
  /** The holder that the socket counts for before it has presented a credential. */
  readonly holder: SlotHolder
}

/** Closes a socket, and cuts its connection if the client does not answer the close frame in time. */
export const endSocket = (socket: WebSocket, code: number, reason: string): void => {
  socket.close(code, reason)
  setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref()
}

/**
 * Sends and receives the frames of a WebSocket. A client that leaves too many bytes unread, or that sends too many messages,
 * is closed with 4429.
 */
export class SocketChannel {
  private readonly socket: WebSocket
  private readonly connection: Socket
  private corked = false
  private readonly unread: UnreadBytes
  private readonly reader: UnreadReader
  private readonly bucket: TokenBucket
  private maxUnread = MAX_UNREAD_BYTES_UNAUTHENTICATED

  constructor(socket: WebSocket, { connection, unread, messagesPerSecond, holder }: ChannelOptions) {
    this.socket = socket
    this.connection = connection
    this.unread = unread
    this.reader = unread.open(holder, () => socket.terminate())
    this.bucket = new TokenBucket(messagesPerSecond, messagesPerSecond * BURST_SECONDS, performance.now())
    connection.setKeepAlive(true, TCP_KEEP_ALIVE_MS)
    // ws closes the socket after a malformed frame or a broken connection. Nothing else has to be done.
    socket.on('error', () => undefined)
    socket.on('ping', (data) => {
      if (this.accepts()) void this.transmit(data.length, (done) => socket.pong(data, false, done))
    })
    const stopPinging = this.keepAlive()
    socket.once('close', () => {
      stopPinging()
      unread.close(this.reader)
    })
  }

  /** Counts the socket for the credential that it has presented. */
  authenticated(holder: SlotHolder): void {
    this.maxUnread = MAX_UNREAD_BYTES
    this.unread.move(this.reader, holder)
  }

  /** Calls back with each message until the client exceeds its rate. */
  onMessage(callback: (text: string) => void): void {
    this.socket.on('message', (data: RawData) => {
      if (this.accepts()) callback(String(data))
    })
  }

  /** Sends a text. Resolves when the network has taken it, or when the socket is closing. */
  send(text: string): Promise<void> {
    return this.transmit(Buffer.byteLength(text), (done) => this.socket.send(text, done))
  }

  private transmit(bytes: number, write: (done: () => void) => void): Promise<void> {
    if (!this.maySend()) return Promise.resolve()
    this.cork()
    return new Promise((resolve) => {
      write(() => {
        this.unread.add(this.reader, -bytes)
        resolve()
      })
      this.unread.add(this.reader, bytes)
    })
  }

  /** Whether one more frame may be sent to the client. */
  private maySend(): boolean {
    if (this.socket.readyState !== this.socket.OPEN) return false
    if (this.socket.bufferedAmount <= this.maxUnread) return true
    endSocket(this.socket, CLOSE_CODES.limitExceeded, 'Read too slowly')
    return false
  }

  /** Combines the frames that are sent in the same step into one write to the network. */
  private cork(): void {
    if (this.corked) return
    this.corked = true
    this.connection.cork()
    process.nextTick(() => {
      this.corked = false
      this.connection.uncork()
    })
  }

  /** Whether the client may send one more frame. */
  private accepts(): boolean {
    if (this.socket.readyState !== this.socket.OPEN) return false
    if (this.bucket.take(performance.now())) return true
    endSocket(this.socket, CLOSE_CODES.limitExceeded, 'Too many messages')
    // Parsing what else it sends would cost as much as answering it.
    this.socket.pause()
    return false
  }

  /** Pings the client, and cuts the connection if it has not answered by the next ping. Returns a function that stops this. */
  private keepAlive(): () => void {
    let answered = true
    const timer = setInterval(() => {
      if (!answered) return this.socket.terminate()
      answered = false
      // A ping has no content to count, and is most of what an idle socket costs.
      if (this.maySend()) this.socket.ping()
    }, PING_INTERVAL_MS)
    this.socket.on('pong', () => {
      answered = this.accepts()
    })
    return () => clearInterval(timer)
  }
}
