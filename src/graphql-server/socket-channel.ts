import type { Socket } from 'node:net'
import type { RawData, WebSocket } from 'ws'
import { TokenBucket } from '../kernel/token-bucket.ts'
import { CLOSE_CODES } from '../live/close-codes.ts'
import type { KeepAlive, PingedSocket } from './keep-alive.ts'
import type { SlotHolder } from './slot-limit.ts'
import type { UnreadBytes, UnreadReader } from './unread-bytes.ts'
import { createFrame, createTextFrame, OPCODES } from './web-socket-frames.ts'

/** Unread bytes above which a socket is closed. Subscriptions wait for their reader before that; responses do not. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024
const MAX_UNREAD_BYTES_UNAUTHENTICATED = 256 * 1024
/** A burst may have as many messages as this many seconds allow. */
const BURST_SECONDS = 5
/** Time that a client has to answer a close frame before its connection is cut. */
export const CLOSE_TIMEOUT_MS = 2_000
/** Idle time after which the operating system probes whether the peer still exists. */
const TCP_KEEP_ALIVE_MS = 20_000

const PING = createFrame(OPCODES.ping)

let step = 0
let stepEnds = false

/** Number of the present step: what runs before Node.js returns to the event loop. */
const currentStep = (): number => {
  if (!stepEnds) {
    stepEnds = true
    process.nextTick(() => {
      stepEnds = false
      step += 1
    })
  }
  return step
}

export interface ChannelOptions {
  /** The network connection of the WebSocket. */
  readonly connection: Socket
  readonly unread: UnreadBytes
  readonly keepAlive: KeepAlive
  readonly messagesPerSecond: number
  /** The holder that the socket counts for before it has presented a credential. */
  readonly holder: SlotHolder
}

/** Closes a socket. `ws` cuts its connection if the client does not answer the close frame in time. */
export const endSocket = (socket: WebSocket, code: number, reason: string): void => socket.close(code, reason)

/**
 * Sends and receives the frames of a WebSocket. A client that leaves too many bytes unread, or that sends too many messages,
 * is closed with 4429.
 */
export class SocketChannel implements PingedSocket {
  private readonly socket: WebSocket
  private readonly connection: Socket
  private corked = false
  private answeredPing = true
  /** The step in which the last frame was written. */
  private writtenIn = -1
  private writtenFrames = 0
  private takenFrames = 0
  private readonly waiting: { readonly frames: number; readonly callback: () => void }[] = []
  private readonly unread: UnreadBytes
  private readonly reader: UnreadReader
  private readonly bucket: TokenBucket
  private maxUnread = MAX_UNREAD_BYTES_UNAUTHENTICATED

  constructor(socket: WebSocket, { connection, unread, keepAlive, messagesPerSecond, holder }: ChannelOptions) {
    this.socket = socket
    this.connection = connection
    this.unread = unread
    this.reader = unread.open(holder, () => socket.terminate())
    this.bucket = new TokenBucket(messagesPerSecond, messagesPerSecond * BURST_SECONDS, performance.now())
    connection.setKeepAlive(true, TCP_KEEP_ALIVE_MS)
    // ws closes the socket after a malformed frame or a broken connection. Nothing else has to be done.
    socket.on('error', () => undefined)
    socket.on('ping', (data) => {
      if (this.accepts()) this.transmit(createFrame(OPCODES.pong, data))
    })
    socket.on('pong', () => {
      this.answeredPing = this.accepts()
    })
    const portion = keepAlive.add(this)
    socket.on('close', () => {
      keepAlive.remove(this, portion)
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

  get closing(): boolean {
    return this.socket.readyState !== this.socket.OPEN
  }

  /** Closes the socket; what was sent before goes first. */
  end(code: number, reason: string): void {
    endSocket(this.socket, code, reason)
  }

  /** Pings the client, and cuts the connection if it has not answered the previous ping. */
  ping(): void {
    if (!this.answeredPing) return void this.socket.terminate()
    this.answeredPing = false
    this.transmit(PING)
  }

  /** Sends a text. Resolves when the network has taken it, or when the socket is closing. */
  send(text: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.transmit(createTextFrame(text))) resolve()
      else this.whenTaken(resolve)
    })
  }

  /**
   * Sends a frame. False if the network has not taken it yet; see `whenTaken`. A socket that is closing drops it.
   *
   * It is written past `ws`, which writes a frame at once too where messages are not compressed, and creates more objects
   * for it than the rest of a delivery takes.
   */
  transmit(frame: Buffer): boolean {
    if (!this.maySend()) return true
    this.corkAfterFirst()
    this.writtenFrames += 1
    this.connection.write(frame, this.onTaken)
    this.countUnread()
    return this.connection.writableLength === 0
  }

  /** Calls back when the network has taken what was sent so far, or the socket has closed. */
  whenTaken(callback: () => void): void {
    this.waiting.push({ frames: this.writtenFrames, callback })
  }

  private readonly onTaken = (): void => {
    this.takenFrames += 1
    this.countUnread()
    while (this.waiting[0] !== undefined && this.waiting[0].frames <= this.takenFrames) this.waiting.shift()?.callback()
  }

  private countUnread(): void {
    const { writableLength } = this.connection
    if (writableLength !== this.reader.bytes) this.unread.add(this.reader, writableLength - this.reader.bytes)
  }

  /** Whether one more frame may be sent to the client. */
  private maySend(): boolean {
    if (this.closing) return false
    if (this.connection.writableLength <= this.maxUnread) return true
    endSocket(this.socket, CLOSE_CODES.limitExceeded, 'Read too slowly')
    return false
  }

  /** Combines the frames that are sent in the same step, except for the first, into one write to the network. */
  private corkAfterFirst(): void {
    const step = currentStep()
    if (this.writtenIn === step && !this.corked) {
      this.corked = true
      this.connection.cork()
      process.nextTick(() => {
        this.corked = false
        this.connection.uncork()
      })
    }
    this.writtenIn = step
  }

  /** Whether the client may send one more frame. */
  private accepts(): boolean {
    if (this.closing) return false
    if (this.bucket.take(performance.now())) return true
    endSocket(this.socket, CLOSE_CODES.limitExceeded, 'Too many messages')
    // Parsing what else it sends would cost as much as answering it.
    this.socket.pause()
    return false
  }
}
