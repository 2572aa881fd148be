import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import { AuditFeed } from './audit-feed.ts'
import type { FeedTransport } from './feed-transport.ts'
import { LiveSubscriptions } from './live-subscriptions.ts'

export interface LiveParts {
  readonly database: Database
  readonly clock: Clock
  /** Carries committed events to the other instances. */
  readonly transport: FeedTransport
  /** Receives the error of a failed read of missed events. The next read covers the same events. */
  readonly onFeedFault: (error: unknown) => void
  /** Receives the error of a failed credential check. The subscriptions of the credential are ended. */
  readonly onCheckFault: (error: unknown) => void
}

export interface Live {
  readonly feed: AuditFeed
  readonly live: LiveSubscriptions
}

/** Constructs the feed of committed events, and the live subscriptions to it. The feed must be started. */
export const createLive = ({ database, clock, transport, onFeedFault, onCheckFault }: LiveParts): Live => {
  const feed = new AuditFeed(database, clock, transport, onFeedFault)
  return { feed, live: new LiveSubscriptions(feed, clock, onCheckFault) }
}
