const MOST_PER_CALLER = 20_000

/** Counts the live connections of each caller on this instance: WebSockets and streams of events alike. */
export class ConnectionLimit {
  private readonly most: number
  private readonly open = new Map<string, number>()

  /** @param most that one caller may have; as many as an instance can well hold where it is not given */
  constructor(most = MOST_PER_CALLER) {
    this.most = most
  }

  /** What a caller is told who has too many; short enough for the reason of a close frame. */
  get message(): string {
    return `A caller has at most ${this.most} live connections here: close one, then connect again.`
  }

  /** Counts a connection; false where the caller has too many. */
  enter(caller: string): boolean {
    const open = (this.open.get(caller) ?? 0) + 1
    if (open > this.most) return false
    this.open.set(caller, open)
    return true
  }

  leave(caller: string): void {
    const left = (this.open.get(caller) ?? 1) - 1
    if (left === 0) this.open.delete(caller)
    else this.open.set(caller, left)
  }
}
