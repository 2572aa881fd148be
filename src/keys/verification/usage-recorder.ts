import type { Clock } from '../../kernel/clock.ts'
import { Periodic } from '../../kernel/periodic.ts'
import type { Database } from '../../persistence/database.ts'
import { newestAddresses } from '../key.ts'
import { addUses, type KeyUse } from './usage.store.ts'

/** Of 100,000 keys in use each wait as one, so it is kept small: no Date and no Map. */
interface Use extends KeyUse {
  at: number
  addresses: readonly string[]
  secrets: readonly { readonly id: string; at: number }[]
}

const FLUSH_INTERVAL_MS = 1_000
/** Keys of one transaction. Other writers wait no longer than one takes. */
const KEYS_AT_ONCE = 500
const NONE: readonly never[] = []

const noteSecret = (use: Use, id: string, at: number): void => {
  const { secrets } = use
  const known = secrets.find((secret) => secret.id === id)
  // Mostly one: an array that grows has room for seventeen.
  if (known === undefined) use.secrets = [...secrets, { id, at }]
  else known.at = Math.max(known.at, at)
}

const firstOf = (uses: ReadonlyMap<string, Use>, count: number): ReadonlyMap<string, Use> => {
  const first = new Map<string, Use>()
  for (const [keyId, use] of uses) {
    if (first.size === count) break
    first.set(keyId, use)
  }
  return first
}

/** Collects when and from where keys are used, and writes it in batches: a verification itself writes nothing. */
export class UsageRecorder {
  private readonly database: Pick<Database, 'write'>
  private readonly clock: Clock
  private readonly flushes: Periodic
  private uses = new Map<string, Use>()
  private flushing: Promise<void> = Promise.resolve()

  /** @param onFault receives the error of a failed flush; its uses are written with the next flush */
  constructor(database: Pick<Database, 'write'>, clock: Clock, onFault: (error: unknown) => void) {
    this.database = database
    this.clock = clock
    this.flushes = new Periodic({ clock, task: () => this.flush(), onFault })
  }

  record(keyId: string, secretId: string | null, address: string | null): void {
    const at = this.clock.now().getTime()
    const use = this.useOf(keyId, at)
    use.at = at
    if (address !== null && use.addresses[0] !== address) use.addresses = newestAddresses([address], use.addresses)
    if (secretId !== null) noteSecret(use, secretId, at)
    this.flushes.wakeAt(new Date(at + FLUSH_INTERVAL_MS))
  }

  private useOf(keyId: string, at: number): Use {
    const known = this.uses.get(keyId)
    if (known !== undefined) return known
    const use: Use = { at, addresses: NONE, secrets: NONE }
    this.uses.set(keyId, use)
    return use
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
      while (uses.size > 0) {
        const batch = firstOf(uses, KEYS_AT_ONCE)
        await this.database.write((writer) => addUses(writer, batch))
        for (const keyId of batch.keys()) uses.delete(keyId)
      }
    } catch (error) {
      for (const [keyId, use] of uses) this.putBack(keyId, use)
      throw error
    }
  }

  /** Adds a use that was not written to the uses of its key since. */
  private putBack(keyId: string, older: Use): void {
    const newer = this.useOf(keyId, older.at)
    newer.addresses = newestAddresses(newer.addresses, older.addresses)
    for (const { id, at } of older.secrets) noteSecret(newer, id, at)
  }
}
