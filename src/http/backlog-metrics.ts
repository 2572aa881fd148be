import { Gauge, type Registry } from 'prom-client'

/** Least time between two reads of what waits. */
const BACKLOG_INTERVAL_MS = 5_000

/** Work that waits. */
export interface Backlog {
  readonly pending: number
  readonly oldestSeconds: number
}

/** Name and help of each of the gauges. */
export interface BacklogGauges {
  readonly pending: readonly [name: string, help: string]
  readonly oldest: readonly [name: string, help: string]
}

/** Adds gauges for work that waits. They are read at a scrape, at most every five seconds: anybody may scrape. */
export const registerBacklog = (
  registry: Registry,
  { pending, oldest }: BacklogGauges,
  backlog: () => Promise<Backlog>,
): void => {
  const registers = [registry]
  const age = new Gauge({ name: oldest[0], help: oldest[1], registers })
  let readAt = Number.NEGATIVE_INFINITY
  new Gauge({
    name: pending[0],
    help: pending[1],
    registers,
    async collect() {
      if (performance.now() - readAt < BACKLOG_INTERVAL_MS) return
      readAt = performance.now()
      // The other metrics are needed most while the database is away. It reports that itself.
      const read = await backlog().catch(() => null)
      if (read === null) return
      this.set(read.pending)
      age.set(read.oldestSeconds)
    },
  })
}
