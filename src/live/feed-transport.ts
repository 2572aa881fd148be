import type { AuditEvent } from '../audit/audit-event.ts'

/** What a transport calls. */
export interface FeedReceiver {
  /** Other instances committed these events. */
  readonly onEvents: (events: readonly AuditEvent[]) => void
  /** A new connection: whatever was sent before it may have been missed. */
  readonly onGap: () => void
  /** The connection carries nothing any more, and `connected` is false. */
  readonly onSilence: () => void
  /** The same connection carries messages again. What was sent meanwhile may be late or lost. */
  readonly onResumed: () => void
}

/**
 * Carries committed events to the other instances. It may lose, repeat and reorder: readers of the feed know the last
 * sequence they saw and read what is missing from the database.
 */
export interface FeedTransport {
  publish(events: readonly AuditEvent[]): void
  start(receiver: FeedReceiver): Promise<void>
  /** False while other instances may have committed what this one has not received: nothing cached is relied on then. */
  readonly connected: boolean
  close(): Promise<void>
}

/** For a single instance: there is nobody else. */
export const inProcessTransport: FeedTransport = {
  publish: () => undefined,
  start: async () => undefined,
  connected: true,
  close: async () => undefined,
}
