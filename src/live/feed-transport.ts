import type { AuditEvent } from '../audit/audit-event.ts'

/** The callbacks of a transport. */
export interface FeedReceiver {
  /** Other instances committed these events. */
  readonly onEvents: (events: readonly AuditEvent[]) => void
  /** A new connection was made. Messages that were sent before it may have been missed. */
  readonly onGap: () => void
  /** The connection no longer delivers messages, and `connected` is false. */
  readonly onSilence: () => void
  /** The same connection delivers messages again. Messages that were sent meanwhile may be late or lost. */
  readonly onResumed: () => void
}

/**
 * Carries committed events to the other instances. It may lose, repeat and reorder messages: readers of the feed know the
 * last sequence that they received, and read missing events from the database.
 */
export interface FeedTransport {
  publish(events: readonly AuditEvent[]): void
  start(receiver: FeedReceiver): Promise<void>
  /** False while this instance may miss events of others: cached facts are not used then. */
  readonly connected: boolean
  close(): Promise<void>
}

/** The transport of a single instance, which has no others to notify. */
export const inProcessTransport: FeedTransport = {
  publish: () => undefined,
  start: async () => undefined,
  connected: true,
  close: async () => undefined,
}
