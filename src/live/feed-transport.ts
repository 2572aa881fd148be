import type { AuditEvent } from '../audit/audit-event.ts'

/**
 * Carries committed events to the other instances. It may lose, repeat and reorder: readers of the feed know the last
 * sequence they saw and read what is missing from the database.
 */
export interface FeedTransport {
  publish(events: readonly AuditEvent[]): void
  /** @param onEvents called with what other instances committed; @param onGap called when something may have been missed */
  start(onEvents: (events: readonly AuditEvent[]) => void, onGap: () => void): Promise<void>
  /** False while other instances may have committed what this one has not heard of: memory is not to be relied on then. */
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
