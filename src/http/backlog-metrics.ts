import { Gauge, type Registry } from 'prom-client'

/** Least time between two reads of the notifications that wait. */
const BACKLOG_INTERVAL_MS = 5_000

/** Notifications that wait for their delivery. */
export interface NotificationBacklog {
  readonly pending: number
  readonly oldestSeconds: number
}

/** Adds gauges for notifications that wait. They are read at a scrape, at most every five seconds: anybody may scrape. */
export const registerBacklog = (registry: Registry, backlog: () => Promise<NotificationBacklog>): void => {
  const registers = [registry]
  const oldest = new Gauge({
    name: 'keyturn_notification_oldest_pending_seconds',
    help: 'Age of the oldest notification that is not delivered, over all instances.',
    registers,
  })
  let readAt = Number.NEGATIVE_INFINITY
  new Gauge({
    name: 'keyturn_notifications_pending',
    help: 'Notifications that are not delivered yet, over all instances.',
    registers,
    async collect() {
      if (performance.now() - readAt < BACKLOG_INTERVAL_MS) return
      readAt = performance.now()
      // The other metrics are needed most while the database is away. It reports that itself.
      const read = await backlog().catch(() => null)
      if (read === null) return
      this.set(read.pending)
      oldest.set(read.oldestSeconds)
    },
  })
}
