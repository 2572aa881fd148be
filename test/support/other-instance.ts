import type { AuditEvent } from '../../src/audit/audit-event.ts'
import type { FeedReceiver, FeedTransport } from '../../src/live/feed-transport.ts'
import { Database, type Reader } from '../../src/persistence/database.ts'
import { deferred } from './open-database.ts'

/** Counts what is read, and can hold back what was read, as if the answer were long on its way. */
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

  /** Holds every read that begins from now on; returns what lets them go. */
  hold(): () => void {
    const { promise, resolve } = deferred()
    this.gate = promise
    return () => {
      this.gate = Promise.resolve()
      resolve()
    }
  }
}

/** What other instances would say, by the test's own hand. */
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
  /** As the transports do it: first what was missed is forgotten, then memory is relied on again. */
  reconnect(): void {
    this.miss()
    this.connected = true
  }
}
