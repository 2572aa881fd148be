import { findHead } from '../audit/audit-heads.store.ts'
import type { Clock } from '../kernel/clock.ts'
import { DAY } from '../kernel/duration.ts'
import { Periodic } from '../kernel/periodic.ts'
import type { Database } from '../persistence/database.ts'
import { builtInRoute } from './built-in-mail.ts'
import { deleteSettledBefore } from './deliveries.store.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { RouteReader } from './route-reader.ts'
import { type Cipher, encryptTarget, reencrypted } from './route-secrets.ts'
import {
  anyRouteBehind,
  insertBuiltInRoute,
  lockRoutes,
  organizationsWithoutBuiltIn,
  routesAfter,
  updateRoute,
} from './routes.store.ts'

export interface NotificationWorkerParts {
  readonly database: Database
  readonly clock: Clock
  readonly cipher: Cipher
  readonly reader: RouteReader
  readonly dispatcher: Dispatcher
  /** Whether e-mail can be sent, so that organizations need their built-in routes. */
  readonly mail: boolean
  /** Receives the error of a failed round. The next round covers the same work. */
  readonly onFault: (error: unknown) => void
}

/** Interval between rounds. Bounds the delay of events of other instances, and of retries. */
const INTERVAL_MS = 500
/** Shortest time between two rounds, so that a busy audit log is read in batches. */
const GAP_MS = 20
const RETENTION_SECONDS = 30 * DAY
const RETENTION_INTERVAL_MS = 60_000
const BATCH = 500

/** Runs rounds that read audit logs and start deliveries: after each commit of this instance, and at an interval. */
export class NotificationWorker {
  private readonly parts: NotificationWorkerParts
  private readonly rounds: Periodic
  private readonly cleanings: Periodic
  private lastRoundAt = 0
  private round: Promise<void> = Promise.resolve()

  constructor(parts: NotificationWorkerParts) {
    this.parts = parts
    const { clock, onFault } = parts
    this.rounds = new Periodic({ clock, intervalMs: INTERVAL_MS, task: () => this.work(), onFault })
    this.cleanings = new Periodic({ clock, intervalMs: RETENTION_INTERVAL_MS, task: () => this.clean(), onFault })
  }

  async start(): Promise<void> {
    await this.reencrypt()
    this.rounds.start({ immediately: true })
    this.cleanings.start()
  }

  async stop(): Promise<void> {
    await Promise.all([this.rounds.stop(), this.cleanings.stop()])
    await this.parts.dispatcher.stop()
  }

  /** Starts a round soon. */
  wake(): void {
    this.rounds.wakeAt(new Date(Math.max(this.parts.clock.now().getTime(), this.lastRoundAt + GAP_MS)))
  }

  /** Runs rounds until no delivery is due and no attempt is running. */
  async workOff(): Promise<void> {
    do {
      await this.parts.dispatcher.idle()
      await this.work()
    } while (this.parts.dispatcher.size > 0)
  }

  /** Runs one round: reads new events and starts due attempts. Rounds do not overlap. */
  work(): Promise<void> {
    this.round = this.round.catch(() => undefined).then(() => this.runRound())
    return this.round
  }

  private async runRound(): Promise<void> {
    const { database, clock, reader, dispatcher, mail } = this.parts
    this.lastRoundAt = clock.now().getTime()
    if (mail) await this.addBuiltIns()
    let isBehind = await database.read(anyRouteBehind)
    do {
      if (isBehind) isBehind = await reader.readPages()
      // After each page, so that a route that reads a long log does not delay the deliveries of others.
      await dispatcher.dispatch()
    } while (isBehind)
  }

  private async addBuiltIns(): Promise<void> {
    const { database, clock, cipher } = this.parts
    const ids = await database.read((reader) => organizationsWithoutBuiltIn(reader, BATCH))
    for (const id of ids) {
      const jwe = await encryptTarget(cipher, { channel: 'EMAIL', addresses: [], keyOwner: true, keyManagers: false })
      await database.write(async (writer) => {
        const { sequence } = await findHead(writer, id)
        await insertBuiltInRoute(writer, builtInRoute(id, jwe, sequence, clock.now()))
      })
    }
  }

  /** Deletes settled deliveries that are older than 30 days. */
  async clean(): Promise<void> {
    const { database, clock } = this.parts
    const before = new Date(clock.now().getTime() - RETENTION_SECONDS * 1000)
    while ((await database.write((writer) => deleteSettledBefore(writer, before, BATCH))) === BATCH);
  }

  /** Encrypts targets and secrets under the newest master key, so that an older one can be removed. */
  private async reencrypt(): Promise<void> {
    const { database, cipher } = this.parts
    for (let afterId: string | null = ''; afterId !== null; ) {
      const from: string = afterId
      const routes = await database.read((reader) => routesAfter(reader, from, BATCH))
      for (const { id } of routes)
        await database.write(async (writer) => {
          const [route] = await lockRoutes(writer, [id])
          const change = route === undefined ? null : await reencrypted(cipher, route)
          if (change !== null) await updateRoute(writer, id, change)
        })
      afterId = routes.length < BATCH ? null : (routes.at(-1)?.id ?? null)
    }
  }
}
