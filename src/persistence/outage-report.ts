const INTERVAL_MS = 5_000

/** @param omitted failures since the last call that were left out */
export type OutageHandler = (error: unknown, omitted: number) => void

/** Passes on failures of the database: the first at once, then one every five seconds. An outage fails every request. */
export const outageReport = (onOutage: OutageHandler): ((error: unknown) => void) => {
  let reportedAt = Number.NEGATIVE_INFINITY
  let omitted = 0
  return (error) => {
    const now = performance.now()
    if (now - reportedAt < INTERVAL_MS) {
      omitted += 1
      return
    }
    onOutage(error, omitted)
    reportedAt = now
    omitted = 0
  }
}
