import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'

/** Events that wait in memory for the slowest follower; one that is further behind reads the database, at its own pace. */
const CAPACITY = 1_000

/** It has requested nothing since it received the last event. */
export const BUSY = -1
/** There is an event that it has requested. */
const READY = -2

/** One reader of a group. */
export interface Follower {
  /** Number of the next event that it receives, counted by its group. */
  nextNumber: number
  /** BUSY, READY, or its index among those that wait, or waited when they became ready together. */
  place: number
  receive(event: AuditEvent): void
  /** It has left the group. @param events those that it has not received; the ones behind them must be read again */
  fallBehind(events: AuditEvent[]): void
}

/**
 * The live followers of an organization that want the same types of events. They share the list of events that not all have
 * received, so that an event costs the same whatever their number; then they take turns.
 */
export class FollowerGroup {
  private readonly types: ReadonlySet<AuditEventType> | null
  private readonly schedule: (task: () => void) => void
  private readonly members = new Set<Follower>()
  private readonly events: AuditEvent[] = []
  /** Number of the first event of the list. */
  private firstNumber = 0
  /** Followers that have received everything and requested more. */
  private waiting: Follower[] = []
  /** Followers that a next event is there for. All that waited are moved here at once, so this is a list of lists. */
  private readonly ready: Follower[][] = []
  private taken = 0
  private scheduled = false

  /** @param schedule runs a task when it is the organization's turn */
  constructor(types: readonly AuditEventType[] | undefined, schedule: (task: () => void) => void) {
    this.types = types === undefined ? null : new Set(types)
    this.schedule = schedule
  }

  get size(): number {
    return this.members.size
  }

  /** Adds a follower, which receives what is appended from now on. */
  join(follower: Follower): void {
    follower.nextNumber = this.endNumber
    follower.place = BUSY
    this.members.add(follower)
  }

  leave(follower: Follower): void {
    if (!this.members.delete(follower)) return
    if (this.waiting[follower.place] === follower) this.removeWaiting(follower)
    follower.place = BUSY
    this.forgetReceived()
  }

  append(event: AuditEvent): void {
    if (this.members.size === 0 || (this.types !== null && !this.types.has(event.type))) return
    if (this.events.length >= CAPACITY) this.makeRoom()
    this.events.push(event)
    if (this.waiting.length === 0) return
    this.ready.push(this.waiting)
    this.waiting = []
    this.scheduleTurn()
  }

  /** The follower receives its next event when it is its turn. */
  request(follower: Follower): void {
    if (follower.nextNumber === this.endNumber) {
      follower.place = this.waiting.push(follower) - 1
      this.forgetReceived()
      return
    }
    follower.place = READY
    // Never behind those whose turn it is now: their list must come to an end.
    if (this.ready.length < 2) this.ready.push([])
    this.ready.at(-1)?.push(follower)
    this.scheduleTurn()
  }

  private get endNumber(): number {
    return this.firstNumber + this.events.length
  }

  private scheduleTurn(): void {
    if (this.scheduled) return
    this.scheduled = true
    this.schedule(this.runTurn)
  }

  private readonly runTurn = (): void => {
    this.scheduled = false
    try {
      this.deliverOne()
    } finally {
      if (this.ready.length > 0) this.scheduleTurn()
    }
  }

  private deliverOne(): void {
    for (;;) {
      const [current] = this.ready
      if (current === undefined) return
      const follower = current[this.taken]
      this.taken += 1
      if (this.taken >= current.length) {
        this.ready.shift()
        this.taken = 0
      }
      // One that has left may have joined again, and be on the list twice.
      if (follower === undefined || follower.place === BUSY) continue
      const event = this.events[follower.nextNumber - this.firstNumber]
      if (event === undefined) continue
      follower.nextNumber += 1
      follower.place = BUSY
      return void follower.receive(event)
    }
  }

  private removeWaiting({ place }: Follower): void {
    const last = this.waiting.pop()
    if (last === undefined || place === this.waiting.length) return
    this.waiting[place] = last
    last.place = place
  }

  /** Without a follower that is behind, no event needs to be kept. */
  private forgetReceived(): void {
    if (this.events.length === 0 || this.waiting.length < this.members.size) return
    this.firstNumber += this.events.length
    this.events.length = 0
  }

  /** Those that have received none of the list fall behind; what all others have received is dropped. */
  private makeRoom(): void {
    let first = this.endNumber
    for (const follower of this.members)
      if (follower.nextNumber === this.firstNumber) {
        this.members.delete(follower)
        follower.place = BUSY
        follower.fallBehind([...this.events])
      } else first = Math.min(first, follower.nextNumber)
    this.events.splice(0, first - this.firstNumber)
    this.firstNumber = first
  }
}
