const FIRST_MS = 250
const LONGEST_MS = 5_000
/** Longest wait that a server can request, in milliseconds. */
const LONGEST_ASKED_MS = 60_000

/** Milliseconds to wait after `failures` failed attempts: doubled each time, at most 5 s, half of it random. */
export const backoffMs = (failures: number, retryAfterSeconds = 0): number => {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10))
  const asked = Math.min(LONGEST_ASKED_MS, retryAfterSeconds * 1000)
  return Math.max(most * (0.5 + Math.random() / 2), asked)
}

/** Waits. Resolves early if the signal is aborted. */
export const wait = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
  })
