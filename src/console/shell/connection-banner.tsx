import { useEffect, useState } from 'react'
import { useFeedState } from '../data/use-live-events.ts'
import { Icon } from '../ui/icon.tsx'

/** A short loss is not worth a word, and the first connection competes with the first answers. */
const PATIENCE_MS = { lost: 1_000, first: 5_000 } as const

/** Says that the server cannot be reached, while it cannot. What is on the screen stays, and catches up afterwards. */
export const ConnectionBanner = () => {
  const state = useFeedState()
  const isLost = state === 'offline' || state === 'connecting'
  const [wasLive, setWasLive] = useState(false)
  if (state === 'live' && !wasLive) setWasLive(true)
  const patience = state === 'offline' || wasLive ? PATIENCE_MS.lost : PATIENCE_MS.first
  const [isShown, setShown] = useState(false)
  useEffect(() => {
    if (!isLost) return setShown(false)
    const timer = setTimeout(() => setShown(true), patience)
    return () => clearTimeout(timer)
  }, [isLost, patience])
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
