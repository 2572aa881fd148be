import { setImmediate } from 'node:timers/promises'
import { OutcomeUnknown, Unavailable } from '../kernel/errors.ts'
import type { Outcome } from '../kernel/outcome.ts'
import type { Database, Writer } from './database.ts'

/**
 * Writes several items of one organization in one transaction. Returns the outcome of each, in their order. An item that
 * fails must have written nothing. An error that is thrown undoes the whole group.
 */
export type GroupWork<Item, Result> = (
  writer: Writer,
  organizationId: string,
  items: readonly Item[],
) => Promise<readonly Outcome<Result>[]>

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Writes that many callers make at once: those of one organization that wait at the same time share one transaction and its
 * statements. Each resolves after the commit. An organization has one transaction of them at a time, so however many it
 * queues, others do not wait for them.
 */
export class GroupedWrites<Item, Result> {
  private readonly database: Database
  private readonly largestGroup: number
  private readonly work: GroupWork<Item, Result>
  private readonly waiting = new Map<string, Waiting<Item, Result>[]>()

  constructor(database: Database, largestGroup: number, work: GroupWork<Item, Result>) {
    this.database = database
    this.largestGroup = largestGroup
    this.work = work
  }

  /** Items that wait for their transaction. */
  get size(): number {
    let size = 0
    for (const queue of this.waiting.values()) size += queue.length
    return size
  }

  /** Throws what the work states as the item's outcome, and what `Database.write` throws. */
  run(organizationId: string, item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const one = { item, resolve, reject }
      const queue = this.waiting.get(organizationId)
      if (queue !== undefined) {
        queue.push(one)
        return
      }
      this.waiting.set(organizationId, [one])
      void this.drain(organizationId)
    })
  }

  private async drain(organizationId: string): Promise<void> {
    for (;;) {
      // The requests that this iteration of the event loop still handles belong to the group: a commit costs the same for all.
      await setImmediate()
      const group = (this.waiting.get(organizationId) ?? []).splice(0, this.largestGroup)
      if (group.length === 0) break
      await this.write(organizationId, group)
    }
    this.waiting.delete(organizationId)
  }

  private async write(organizationId: string, group: readonly Waiting<Item, Result>[]): Promise<void> {
    const items = group.map(({ item }) => item)
    let committed = false
    try {
      const work = (writer: Writer) => {
        writer.afterCommit(() => {
          committed = true
        })
        return this.work(writer, organizationId, items)
      }
      const outcomes = await this.database.writeFor(organizationId, work, 'small')
      group.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index]
        if (outcome?.ok === true) resolve(outcome.value)
        else reject(outcome?.error ?? new Error('A grouped write has no outcome.'))
      })
    } catch (error) {
      const mayBeWritten = committed || error instanceof OutcomeUnknown
      if (group.length === 1 || mayBeWritten || error instanceof Unavailable)
        for (const { reject } of group) reject(error)
      // One item undid the others: write each on its own, so that only that one fails.
      else for (const one of group) await this.write(organizationId, [one])
    }
  }
}
