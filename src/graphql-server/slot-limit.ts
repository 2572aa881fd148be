import { KeyturnError } from '../kernel/errors.ts'
import { Tally } from '../kernel/tally.ts'

/** The holder of a slot: a credential (or an address if there is none), and the organization that it belongs to. */
export interface SlotHolder {
  readonly name: string
  readonly organizationId: string | null
}

export interface SlotLimitOptions {
  /** What the slots are, in the plural, for the error message. */
  readonly what: string
  /** What a holder is, for the error message. */
  readonly holder: 'credential' | 'address'
  readonly perHolder: number
  readonly perOrganization: number
  readonly inAll: number
}

/** No slot is left. The message is short enough for the reason of a WebSocket close frame (123 bytes). */
export class NoSlotLeft extends KeyturnError {
  /** Whether the instance is full, not only the caller's share. */
  readonly instanceIsFull: boolean

  constructor(message: string, instanceIsFull: boolean) {
    super('LIMIT_REACHED', message)
    this.instanceIsFull = instanceIsFull
  }
}

/** Releases a slot. May be called more than once. */
export type ReleaseSlot = () => void

/** Counts what callers hold open on this instance: per holder, per organization, and in total. */
export class SlotLimit {
  private readonly options: SlotLimitOptions
  private readonly byHolder = new Tally()
  private readonly byOrganization = new Tally()
  private inAll = 0

  constructor(options: SlotLimitOptions) {
    this.options = options
  }

  /** Number of slots that are taken. */
  get size(): number {
    return this.inAll
  }

  /** Takes a slot. Throws NoSlotLeft (LIMIT_REACHED). */
  take(holder: SlotHolder): ReleaseSlot {
    this.requireRoom(holder)
    this.count(holder, 1)
    let held = true
    return () => {
      if (held) this.count(holder, -1)
      held = false
    }
  }

  private requireRoom({ name, organizationId }: SlotHolder): void {
    const { what, holder, perHolder, perOrganization, inAll } = this.options
    if (this.byHolder.of(name) >= perHolder)
      throw new NoSlotLeft(`The limit is ${perHolder} ${what} per ${holder}. Close one, then try again.`, false)
    if (organizationId !== null && this.byOrganization.of(organizationId) >= perOrganization)
      throw new NoSlotLeft(
        `The limit is ${perOrganization} ${what} per organization. Close one, then try again.`,
        false,
      )
    if (this.inAll >= inAll)
      throw new NoSlotLeft(`This instance has reached its limit of ${what}. Try again later.`, true)
  }

  private count({ name, organizationId }: SlotHolder, amount: 1 | -1): void {
    this.byHolder.add(name, amount)
    if (organizationId !== null) this.byOrganization.add(organizationId, amount)
    this.inAll += amount
  }
}
