import type { AuditEvent } from '../../src/audit/audit-event.ts'
import type { FeedReceiver, FeedTransport } from '../../src/live/feed-transport.ts'
import { Database, type Reader } from '../../src/persistence/database.ts'
import { deferred } from './open-database.ts'

/** Counts reads, and can delay their results like a slow network. */
export class HeldDatabase extends Database {
  reads = 0
  private gate: Promise<void> = Promise.resolve()

  override async read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const { gate } = this
    const result = await super.read(work)
    this.reads += 1
    await gate
    return result
  }

  /** Delays the result of every read that starts from now on; returns a function that releases them. */
  hold(): () => void {
    const { promise, resolve } = deferred()
    this.gate = promise
    return () => {
      this.gate = Promise.resolve()
      resolve()
    }
  }
}

/** A transport whose messages of other instances the test sends. */
export class ManualTransport implements FeedTransport {
  connected = true
  private tell: (events: readonly AuditEvent[]) => void = () => undefined
  private miss: () => void = () => undefined

  publish(): void {}
  async start({ onEvents, onGap }: FeedReceiver): Promise<void> {
    this.tell = onEvents
    this.miss = onGap
  }
  async close(): Promise<void> {}

  deliver(events: readonly AuditEvent[]): void {
    this.tell(events)
  }
  /** In the order of the real transports: first caches are dropped, then they are used again. */
  reconnect(): void {
    this.miss()
    this.connected = true
  }
}
