import type { Clock } from '../../kernel/clock.ts'
import { Periodic } from '../../kernel/periodic.ts'
import { instantText } from '../../persistence/columns.ts'
import type { Database } from '../../persistence/database.ts'
import { newestAddresses } from '../key.ts'

interface Use {
  at: Date
  /** Newest first. */
  addresses: string[]
  secrets: Map<string, Date>
}

const FLUSH_INTERVAL_MS = 1_000

/** Collects when and from where keys are used, and writes it down in batches: a verification writes nothing itself. */
export class UsageRecorder {
  private readonly database: Database
  private readonly clock: Clock
  private readonly flushes: Periodic
  private uses = new Map<string, Use>()
  private flushing: Promise<void> = Promise.resolve()

  /** @param onFault receives the error of a flush that failed; its uses are written with the next flush */
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

  /** Writes what was collected; resolves when it and all flushes before it are done. */
  flush(): Promise<void> {
    this.flushing = this.flushing.catch(() => undefined).then(() => this.write())
    return this.flushing
  }

  /** Writes what is left; resolves when it is written. */
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
        // In the order of their ids, so that two instances that flush the same keys cannot wait for each other.
        for (const [keyId, use] of [...uses].sort(([a], [b]) => (a < b ? -1 : 1))) {
          const [row] = await writer.query<{ last_used_from: string }>(
            `SELECT last_used_from FROM keys WHERE id = ?${writer.engine === 'postgres' ? ' FOR UPDATE' : ''}`,
            [keyId],
          )
          if (row === undefined) continue
          const addresses = newestAddresses(use.addresses, JSON.parse(row.last_used_from))
          await writer.query(
            `UPDATE keys SET last_used_from = ?,
               last_used_at = CASE WHEN last_used_at > ? THEN last_used_at ELSE ? END WHERE id = ?`,
            [JSON.stringify(addresses), instantText(use.at), instantText(use.at), keyId],
          )
          for (const [secretId, at] of use.secrets)
            await writer.query('UPDATE key_secrets SET last_used_at = ? WHERE id = ?', [instantText(at), secretId])
        }
      })
    } catch (error) {
      for (const [keyId, use] of uses) if (!this.uses.has(keyId)) this.uses.set(keyId, use)
      throw error
    }
  }
}
