import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import { useLive } from './console-context.ts'
import type { LiveEvent } from './live-event.ts'
import type { FeedState } from './live-feed.ts'

/** Calls back with each key event of the organization while the component is on the screen. */
export const useLiveEvents = (onEvent: (event: LiveEvent) => void): void => {
  const live = useLive()
  const listener = useEffectEvent(onEvent)
  useEffect(() => live?.feed.onEvent((event) => listener(event)), [live])
}

/** Whether events arrive. `off` where the person may not follow them. */
export const useFeedState = (): FeedState => {
  const live = useLive()
  return useSyncExternalStore(
    (listener) => live?.feed.onState(listener) ?? (() => undefined),
    () => live?.feed.state ?? 'off',
  )
}
