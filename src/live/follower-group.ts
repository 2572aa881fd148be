import type { AuditEvent } from '../audit/audit-event.ts'
import type { AuditEventType } from '../audit/events/event-types.ts'

/** Largest number of events that are kept for the slowest follower. A follower that is further behind reads the database. */
const CAPACITY = 1_000

/** The follower has not requested another event since its last one. */
export const BUSY = -1
/** The event that the follower has requested is available. */
const READY = -2

/** One reader of a group. */
export interface Follower {
  /** Number of its next event, as counted by its group. */
  nextNumber: number
  /** BUSY, READY, or its index in the list of waiting followers, which is also its index in the list that became ready. */
  place: number
  receive(event: AuditEvent): void
  /** The group removed the follower. @param events not received yet; later events must be read from the database */
  fallBehind(events: AuditEvent[]): void
}

/**
 * The live followers of an organization that request the same event types. They share one list of pending events, so that
 * appending an event costs the same for any number of followers; deliveries then take turns.
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
  /** Followers with an available event. All waiting followers are moved here at once, so this is a list of lists. */
  private readonly ready: Follower[][] = []
  /** Number of followers of the first ready list that had their turn. */
  private taken = 0
  private scheduled = false

  /** @param schedule runs a task when the organization has its turn */
  constructor(types: readonly AuditEventType[] | undefined, schedule: (task: () => void) => void) {
    this.types = types === undefined ? null : new Set(types)
    this.schedule = schedule
  }

  get size(): number {
    return this.members.size
  }

  /** Adds a follower, which receives the events that are appended from now on. */
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

  /** Requests the next event. The follower receives it in its turn. */
  request(follower: Follower): void {
    if (follower.nextNumber === this.endNumber) {
      follower.place = this.waiting.push(follower) - 1
      this.forgetReceived()
      return
    }
    follower.place = READY
    // Not into the list that is being served: a fast follower would keep that list from ending.
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
      // A follower that left and joined again may be listed twice.
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

  /** Drops all events if every follower has received them. */
  private forgetReceived(): void {
    if (this.events.length === 0 || this.waiting.length < this.members.size) return
    this.firstNumber += this.events.length
    this.events.length = 0
  }

  /** Followers that have received none of the events fall behind. Events that all others have received are dropped. */
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
