import { createContext, use } from 'react'
import type { BelowFeeds } from './below-feeds.ts'
import type { LiveFeed } from './live-feed.ts'
import type { RefreshSignal } from './refresh.ts'

/** What every screen of an organization has: its live feed, those below it, and the signal to load again. */
export interface LiveContext {
  readonly organizationId: string
  readonly feed: LiveFeed
  /** Null where the person may not read the keys. */
  readonly below: BelowFeeds | null
  readonly refresh: RefreshSignal
}

export const LiveContext = createContext<LiveContext | null>(null)

/** The live feed around a screen. Null outside of an organization. */
export const useLive = (): LiveContext | null => use(LiveContext)
