import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { addressGroup } from '../kernel/address-group.ts'
import { Tally } from '../kernel/tally.ts'

/** Least number of bytes that a client must read within the write timeout, unless it reads everything. */
const MIN_PROGRESS_BYTES = 16 * 1024
const CHECK_INTERVAL_MS = 1_000

export interface ConnectionGuardOptions {
  readonly perAddress: number
  /** Whether an address is a trusted proxy, whose connections are not limited: they carry requests of many callers. */
  readonly isProxy: (address: string) => boolean
  /** Time within which a client must read some of the written data. */
  readonly writeTimeoutMs: number
}

interface Guarded {
  readonly address: string
  counted: boolean
  /** Bytes delivered at the last instant with enough progress; null while no data waits to be read. */
  waiting: { readonly delivered: number; readonly since: number } | null
}

interface WriteCounters {
  readonly bytesWritten: number
  readonly writeQueueSize: number
}

const isWriteCounters = (handle: unknown): handle is WriteCounters =>
  typeof handle === 'object' &&
  handle !== null &&
  'bytesWritten' in handle &&
  typeof handle.bytesWritten === 'number' &&
  'writeQueueSize' in handle &&
  typeof handle.writeQueueSize === 'number'

/** Bytes that the operating system has accepted. Only the internal handle of a Node.js socket counts the queued ones. */
const deliveredBy = (socket: Socket): number => {
  const handle: unknown = '_handle' in socket ? socket._handle : null
  return isWriteCounters(handle) ? handle.bytesWritten - handle.writeQueueSize : 0
}

/**
 * Limits the connections of each address, and closes a connection whose client does not read. It covers HTTP responses,
 * event streams and WebSockets.
 */
export class ConnectionGuard {
  private readonly options: ConnectionGuardOptions
  private readonly sockets = new Map<Socket, Guarded>()
  private readonly byAddress = new Tally()

  constructor(options: ConnectionGuardOptions) {
    this.options = options
  }

  /** Number of open connections, upgraded ones included. */
  get size(): number {
    return this.sockets.size
  }

  watch(server: Server): void {
    server.on('connection', (socket) => this.admit(socket))
    const timer = setInterval(
      () => this.closeStalled(performance.now()),
      Math.min(CHECK_INTERVAL_MS, this.options.writeTimeoutMs / 4),
    ).unref()
    server.once('close', () => clearInterval(timer))
  }

  /**
   * Excludes a connection from the limit of its address, because it counts for a credential. Returns a function that
   * includes it again.
   */
  exempt(socket: Socket): () => void {
    const guarded = this.sockets.get(socket)
    if (guarded === undefined || !guarded.counted) return () => undefined
    this.count(guarded, false)
    return () => {
      if (this.sockets.has(socket) && !guarded.counted) this.count(guarded, true)
    }
  }

  private admit(socket: Socket): void {
    const remote = socket.remoteAddress
    // The peer has already closed the connection.
    if (remote === undefined) return void socket.destroy()
    const guarded: Guarded = { address: addressGroup(remote), counted: false, waiting: null }
    if (!this.options.isProxy(remote)) {
      if (this.byAddress.of(guarded.address) >= this.options.perAddress) return void socket.destroy()
      this.count(guarded, true)
    }
    this.sockets.set(socket, guarded)
    socket.once('close', () => {
      this.sockets.delete(socket)
      if (guarded.counted) this.count(guarded, false)
    })
  }

  private count(guarded: Guarded, counted: boolean): void {
    guarded.counted = counted
    this.byAddress.add(guarded.address, counted ? 1 : -1)
  }

  private closeStalled(now: number): void {
    for (const [socket, guarded] of this.sockets) {
      if (socket.writableLength === 0) {
        guarded.waiting = null
        continue
      }
      const delivered = deliveredBy(socket)
      const { waiting } = guarded
      if (waiting === null || delivered - waiting.delivered >= MIN_PROGRESS_BYTES)
        guarded.waiting = { delivered, since: now }
      else if (now - waiting.since >= this.options.writeTimeoutMs)
        // Reset: after a normal close the system would keep the unread data for minutes.
        socket.resetAndDestroy()
    }
  }
}
