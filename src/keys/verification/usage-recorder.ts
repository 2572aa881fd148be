import type { Clock } from '../../kernel/clock.ts'
import { Periodic } from '../../kernel/periodic.ts'
import type { Database } from '../../persistence/database.ts'
import { newestAddresses } from '../key.ts'
import { addUses, type KeyUse, type SecretUse } from './usage.store.ts'

/** Times are milliseconds since the epoch. Each of 100,000 keys in use may wait as one, so it is kept small. */
interface Use {
  at: number
  /** Newest first. */
  addresses: readonly string[]
  /** The secret of the last use; null if it was by a token or session. */
  secretId: string | null
  /** Last uses of further secrets. */
  others: readonly SecretUse[]
}

const FLUSH_INTERVAL_MS = 1_000
/** Keys of one transaction. Other writers wait no longer than one takes. */
const KEYS_AT_ONCE = 500
const NONE: readonly never[] = []

/** With the use of a secret, unless a newer one of it is known. */
const withUse = (uses: readonly SecretUse[], { id, at }: SecretUse): readonly SecretUse[] => {
  const known = uses.find((use) => use.id === id)
  return known !== undefined && known.at >= at ? uses : [...uses.filter((use) => use !== known), { id, at }]
}

const secretsOf = ({ at, secretId, others }: Use): readonly SecretUse[] =>
  secretId === null ? others : withUse(others, { id: secretId, at })

const keyUseOf = (use: Use): KeyUse => ({ at: use.at, addresses: use.addresses, secrets: secretsOf(use) })

const firstOf = (uses: ReadonlyMap<string, Use>, count: number): ReadonlyMap<string, KeyUse> => {
  const first = new Map<string, KeyUse>()
  for (const [keyId, use] of uses) {
    if (first.size === count) break
    first.set(keyId, keyUseOf(use))
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
    const use = this.useOf(keyId, at, secretId)
    if (use.secretId !== secretId) {
      use.others = secretsOf(use)
      use.secretId = secretId
    }
    use.at = at
    if (address !== null && use.addresses[0] !== address) use.addresses = newestAddresses([address], use.addresses)
    this.flushes.wakeAt(new Date(at + FLUSH_INTERVAL_MS))
  }

  private useOf(keyId: string, at: number, secretId: string | null): Use {
    const known = this.uses.get(keyId)
    if (known !== undefined) return known
    const use: Use = { at, addresses: NONE, secretId, others: NONE }
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
    const use = this.useOf(keyId, older.at, null)
    use.addresses = newestAddresses(use.addresses, older.addresses)
    use.others = secretsOf(older).reduce(withUse, use.others)
  }
}
