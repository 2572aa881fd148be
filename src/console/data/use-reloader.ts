import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useLive } from './console-context.ts'
import type { LiveEvent } from './live-event.ts'
import type { Reach } from './refresh.ts'
import { Reloader } from './reloader.ts'

export interface ReloadOptions {
  /** What is shown: of the organization alone, which is the default, or also of everything below it. */
  readonly reach?: Reach
  /** Whether an event of these organizations can change what is shown. Default: each one. */
  readonly concerns?: (event: LiveEvent) => boolean
  /** Loads only what these events are about, while it is too early to load everything again. */
  readonly patch?: (events: readonly LiveEvent[]) => void
  /** Something is being done with what is shown: it stays where it is, and events only patch. */
  readonly hold?: boolean
}

export interface Reloading {
  /** Whether newer data waits for `hold`. */
  readonly isHeld: boolean
  /** Everything is being loaded for another reason. */
  readonly settle: () => void
}

/** Loads again after each event that concerns what is shown, and after a gap. */
export const useReloader = (
  isLive: boolean,
  reload: () => void,
  { reach = 'here', concerns, patch, hold = false }: ReloadOptions,
): Reloading => {
  const live = useLive()
  const [isHeld, setHeld] = useState(false)
  const reloader = useRef<Reloader | null>(null)
  const load = useEffectEvent(reload)
  const patchWith = useEffectEvent((events: readonly LiveEvent[]) => patch?.(events))
  const isConcerned = useEffectEvent(
    (event: LiveEvent) =>
      (reach === 'below' || event.organizationId === live?.organizationId) && (concerns?.(event) ?? true),
  )
  const canPatch = patch !== undefined
  useEffect(() => {
    if (live === null || !isLive) return
    const own = new Reloader({
      reload: () => load(),
      isConcerned: (event) => isConcerned(event),
      patch: canPatch ? (events) => patchWith(events) : undefined,
      onHeld: setHeld,
    })
    reloader.current = own
    const leave = live.refresh.add(own, reach)
    const release = reach === 'below' ? live.below?.need() : undefined
    return () => {
      leave()
      release?.()
      setHeld(false)
    }
  }, [live, isLive, reach, canPatch])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new reloader is told too
  useEffect(() => reloader.current?.hold(hold), [hold, live, isLive, reach, canPatch])
  return { isHeld, settle: () => reloader.current?.settle() }
}
