import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { addressGroup } from '../kernel/address-group.ts'
import { Tally } from '../kernel/tally.ts'

/** What a client must take within the write timeout, unless it takes all. */
const LEAST_PROGRESS_BYTES = 16 * 1024
const CHECK_INTERVAL_MS = 1_000

export interface ConnectionGuardOptions {
  readonly perAddress: number
  /** Whether an address is a trusted proxy's: its connections carry the requests of many callers. */
  readonly isProxy: (address: string) => boolean
  /** How long a client may leave what was written without taking any of it. */
  readonly writeTimeoutMs: number
}

interface Guarded {
  readonly address: string
  counted: boolean
  /** Bytes that the client had taken at an instant from which it has not taken enough since; null while nothing waits. */
  waiting: { readonly delivered: number; readonly since: number } | null
}

/** Node's handle of a socket counts the bytes that the system has not taken yet; nothing public does. */
const deliveredBy = (socket: Socket): number => {
  const { _handle: handle } = socket as unknown as {
    readonly _handle: { readonly bytesWritten: number; readonly writeQueueSize: number } | null
  }
  return handle === null ? 0 : handle.bytesWritten - handle.writeQueueSize
}

/**
 * Bounds the connections of each address, and cuts those whose client does not read: HTTP answers, event streams and
 * WebSockets alike.
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
      () => this.cutStalled(performance.now()),
      Math.min(CHECK_INTERVAL_MS, this.options.writeTimeoutMs / 4),
    ).unref()
    server.once('close', () => clearInterval(timer))
  }

  /**
   * Counts a connection no longer for its address: it is counted for a credential. Returns a function that undoes it.
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
    // It has gone already.
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

  private cutStalled(now: number): void {
    for (const [socket, guarded] of this.sockets) {
      if (socket.writableLength === 0) {
        guarded.waiting = null
        continue
      }
      const delivered = deliveredBy(socket)
      const { waiting } = guarded
      if (waiting === null || delivered - waiting.delivered >= LEAST_PROGRESS_BYTES)
        guarded.waiting = { delivered, since: now }
      else if (now - waiting.since >= this.options.writeTimeoutMs)
        // Reset, or the system would keep what was not read for minutes.
        socket.resetAndDestroy()
    }
  }
}
