/** Proxies close a connection that is idle for 60 s by default. */
const INTERVAL_MS = 50_000
/** Sockets are pinged in so many portions, because each ping costs the event loop about 50 us. */
const PORTIONS = 200

/** A socket that is pinged; it cuts its connection if the previous ping was not answered. */
export interface PingedSocket {
  ping(): void
}

/** Pings every socket once in 50 seconds. One timer serves all of them. */
export class KeepAlive {
  private readonly portions = Array.from({ length: PORTIONS }, () => new Set<PingedSocket>())
  private opened = 0
  private next = 0
  private size = 0
  private timer: NodeJS.Timeout | null = null

  /** Returns a set that contains the socket, for `remove`. */
  add(socket: PingedSocket): Set<PingedSocket> {
    // In turn, so that sockets that were opened together are not pinged together.
    const portion = this.portionAt(this.opened)
    this.opened += 1
    this.size += 1
    portion.add(socket)
    this.timer ??= setInterval(() => this.pingNext(), INTERVAL_MS / PORTIONS).unref()
    return portion
  }

  remove(socket: PingedSocket, portion: Set<PingedSocket>): void {
    if (!portion.delete(socket)) return
    this.size -= 1
    if (this.size > 0 || this.timer === null) return
    clearInterval(this.timer)
    this.timer = null
  }

  private pingNext(): void {
    const portion = this.portionAt(this.next)
    this.next += 1
    for (const socket of [...portion]) socket.ping()
  }

  private portionAt(number: number): Set<PingedSocket> {
    const portion = this.portions[number % PORTIONS]
    if (portion === undefined) throw new Error('There is a portion for each remainder.')
    return portion
  }
}
