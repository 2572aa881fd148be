import { useEffect, useState } from 'react'
import { useFeedState } from '../data/use-live-events.ts'
import { Icon } from '../ui/icon.tsx'

/** A short loss is not worth a word. */
const PATIENCE_MS = 1_000

/** Says that the server cannot be reached, while it cannot. What is on the screen stays, and catches up afterwards. */
export const ConnectionBanner = () => {
  const state = useFeedState()
  const isLost = state === 'offline' || state === 'connecting'
  const [isShown, setShown] = useState(false)
  useEffect(() => {
    if (!isLost) return setShown(false)
    const timer = setTimeout(() => setShown(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isLost])
  return (
    <output className="connection-banner" hidden={!isShown}>
      {isShown && (
        <>
          <Icon name="offline" />
          <span>Offline. You see the last known state; it catches up when the server answers again.</span>
        </>
      )}
    </output>
  )
}
