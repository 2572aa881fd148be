import { useEffect, useEffectEvent } from 'react'

/** Calls back every so often while the component is on the screen and the page is visible. */
export const usePolling = (poll: () => void, everyMs: number): void => {
  const tick = useEffectEvent(poll)
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') tick()
    }, everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
}
