import { createContext, use } from 'react'
import type { LiveFeed } from './live-feed.ts'
import type { RefreshSignal } from './refresh.ts'

/** What every screen of an organization has: its live feed, and the signal to load again. */
export interface LiveContext {
  readonly feed: LiveFeed
  readonly refresh: RefreshSignal
}

export const LiveContext = createContext<LiveContext | null>(null)

/** The live feed around a screen. Null outside of an organization. */
export const useLive = (): LiveContext | null => use(LiveContext)
