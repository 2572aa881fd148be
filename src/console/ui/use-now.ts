import { useSyncExternalStore } from 'react'
import { subscribeToTicks, tickedNow } from './ticker.ts'

/** The current time in milliseconds, rounded down to the step; the component renders again at each step. */
export const useNow = (stepMs = 1000): number =>
  useSyncExternalStore(subscribeToTicks, () => Math.floor(tickedNow() / stepMs) * stepMs)
