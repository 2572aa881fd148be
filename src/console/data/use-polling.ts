import { useEffect, useEffectEvent } from 'react'

/** Calls back every so often while the component is on the screen and the page is visible. */
export const usePolling = (callback: () => void, milliseconds: number, enabled = true): void => {
  const call = useEffectEvent(callback)
  useEffect(() => {
    if (!enabled) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') call()
    }, milliseconds)
    return () => clearInterval(timer)
  }, [milliseconds, enabled])
}
