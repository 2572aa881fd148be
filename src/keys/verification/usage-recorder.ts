import type { Clock } from '../../kernel/clock.ts'
import { Periodic } from '../../kernel/periodic.ts'
import type { Database } from '../../persistence/database.ts'
import { newestAddresses } from '../key.ts'
import { addUse } from './usage.store.ts'

interface Use {
  at: Date
  /** Newest first. */
  addresses: string[]
  secrets: Map<string, Date>
}

const FLUSH_INTERVAL_MS = 1_000

/** Collects when and from where keys are used, and writes it in batches: a verification itself writes nothing. */
export class UsageRecorder {
  private readonly database: Database
  private readonly clock: Clock
  private readonly flushes: Periodic
  private uses = new Map<string, Use>()
  private flushing: Promise<void> = Promise.resolve()

  /** @param onFault receives the error of a failed flush; its uses are written with the next flush */
  constructor(database: Database, clock: Clock, onFault: (error: unknown) => void) {
    this.database = database
    this.clock = clock
    this.flushes = new Periodic({ clock, task: () => this.flush(), onFault })
  }

  record(keyId: string, secretId: string | null, address: string | null): void {
    const at = this.clock.now()
    const use = this.uses.get(keyId) ?? { at, addresses: [], secrets: new Map<string, Date>() }
    use.at = at
    if (address !== null && use.addresses[0] !== address) use.addresses = newestAddresses([address], use.addresses)
    if (secretId !== null) use.secrets.set(secretId, at)
    this.uses.set(keyId, use)
    this.flushes.wakeAt(new Date(at.getTime() + FLUSH_INTERVAL_MS))
  }

  /** Writes what was collected. Resolves when this flush and all earlier ones have ended. */
  flush(): Promise<void> {
    this.flushing = this.flushing.catch(() => undefined).then(() => this.write())
    return this.flushing
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    await this.flushes.stop()
    await this.flush()
  }

  private async write(): Promise<void> {
    if (this.uses.size === 0) return
    const uses = this.uses
    this.uses = new Map()
    try {
      await this.database.write(async (writer) => {
        // In the order of their ids: two instances that flush the same keys could deadlock otherwise.
        for (const [keyId, use] of [...uses].sort(([a], [b]) => (a < b ? -1 : 1))) await addUse(writer, keyId, use)
      })
    } catch (error) {
      for (const [keyId, use] of uses) if (!this.uses.has(keyId)) this.uses.set(keyId, use)
      throw error
    }
  }
}
