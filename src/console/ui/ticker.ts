type Listener = () => void

const listeners = new Set<Listener>()
let timer: ReturnType<typeof setInterval> | undefined
let now = Date.now()

const tick = (): void => {
  now = Date.now()
  for (const listener of listeners) listener()
}

/** Calls the listener every second, from one timer for the whole page. Returns how to stop. */
export const subscribeToTicks = (listener: Listener): (() => void) => {
  listeners.add(listener)
  if (timer === undefined) {
    now = Date.now()
    timer = setInterval(tick, 1000)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The time of the last tick in milliseconds; the current time while nothing ticks. */
export const tickedNow = (): number => (timer === undefined ? Date.now() : now)
