import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import { TokenBucket } from '../kernel/token-bucket.ts'
import { TOO_SLOW } from '../live/live-request.ts'
import type { SlotHolder } from './slot-limit.ts'
import type { UnreadBytes, UnreadReader } from './unread-bytes.ts'

/** Close code of a socket that goes beyond a limit, as the contract names it. */
export const TOO_MANY = 4429

/** Unread bytes above which a socket gets no further frame: subscriptions wait for their reader, answers do not. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024
const MOST_UNREAD_BYTES_UNAUTHENTICATED = 256 * 1024
/** How many seconds' worth of messages may come at once. */
const BURST_SECONDS = 5
/** How long a socket that was told to close may take before it is cut. */
const CLOSE_TIMEOUT_MS = 2_000
const KEEP_ALIVE_MS = 12_000

export interface ChannelOptions {
  /** The connection under the WebSocket. */
  readonly line: Duplex
  readonly unread: UnreadBytes
  readonly messagesPerSecond: number
  /** Who the socket is counted for before it has presented a credential. */
  readonly holder: SlotHolder
}

/** Closes a socket, and cuts it where its client does not answer in time. */
export const endSocket = (socket: WebSocket, code: number, reason: string): void => {
  socket.close(code, reason)
  setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS).unref()
}

/**
 * Every frame of a WebSocket goes through here: nothing is sent to a client that leaves too much unread, and nothing is
 * taken from one that sends too fast. Both are closed with 4429.
 */
export class SocketChannel {
  private readonly socket: WebSocket
  private readonly line: Duplex
  private gathering = false
  private readonly unread: UnreadBytes
  private readonly reader: UnreadReader
  private readonly bucket: TokenBucket
  private mostUnread = MOST_UNREAD_BYTES_UNAUTHENTICATED

  constructor(socket: WebSocket, { line, unread, messagesPerSecond, holder }: ChannelOptions) {
    this.socket = socket
    this.line = line
    this.unread = unread
    this.reader = unread.open(holder, () => socket.terminate())
    this.bucket = new TokenBucket(messagesPerSecond, messagesPerSecond * BURST_SECONDS, performance.now())
    // A frame that is malformed, and a line that breaks, end in the closing of the socket. There is nothing else to do.
    socket.on('error', () => undefined)
    socket.on('ping', (data) => {
      if (this.accepts()) void this.transmit(data.length, (done) => socket.pong(data, false, done))
    })
    socket.on('pong', () => this.accepts())
    const stopPinging = this.keepAlive()
    socket.once('close', () => {
      stopPinging()
      unread.close(this.reader)
    })
  }

  /** Counts the socket for the credential that it has presented. */
  authenticated(holder: SlotHolder): void {
    this.mostUnread = MOST_UNREAD_BYTES
    this.unread.move(this.reader, holder)
  }

  /** Calls back with each message, as long as there are not too many. */
  onMessage(callback: (text: string) => void): void {
    this.socket.on('message', (data: RawData) => {
      if (this.accepts()) callback(String(data))
    })
  }

  /** Sends a text. Resolves when the network has taken it, or when it never will. */
  send(text: string): Promise<void> {
    return this.transmit(Buffer.byteLength(text), (done) => this.socket.send(text, done))
  }

  private transmit(bytes: number, write: (done: () => void) => void): Promise<void> {
    if (this.socket.readyState !== this.socket.OPEN) return Promise.resolve()
    if (this.socket.bufferedAmount > this.mostUnread) {
      endSocket(this.socket, TOO_SLOW, 'Read too slowly')
      return Promise.resolve()
    }
    this.gather()
    return new Promise((resolve) => {
      write(() => {
        this.unread.add(this.reader, -bytes)
        resolve()
      })
      this.unread.add(this.reader, bytes)
    })
  }

  /** Frames of many subscriptions, sent in the same step, are one write to the network. */
  private gather(): void {
    if (this.gathering) return
    this.gathering = true
    this.line.cork()
    process.nextTick(() => {
      this.gathering = false
      this.line.uncork()
    })
  }

  /** Whether one more frame may be taken from the client. */
  private accepts(): boolean {
    if (this.socket.readyState !== this.socket.OPEN) return false
    if (this.bucket.take(performance.now())) return true
    endSocket(this.socket, TOO_MANY, 'Too many messages')
    // To parse what else it sends would cost as much as to answer it.
    this.socket.pause()
    return false
  }

  /** Cuts a client that has gone without a word. Returns a function that stops doing so. */
  private keepAlive(): () => void {
    let answered = true
    const timer = setInterval(() => {
      if (!answered) return this.socket.terminate()
      answered = false
      void this.transmit(0, (done) => this.socket.ping(undefined, false, done))
    }, KEEP_ALIVE_MS)
    this.socket.on('pong', () => {
      answered = true
    })
    return () => clearInterval(timer)
  }
}
