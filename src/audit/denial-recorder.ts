import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import type { Cause } from './audit-event.ts'
import type { AuditLog } from './audit-log.ts'
import type { EventDraft } from './events/event-types.ts'

/** A refusal that belongs into an organization's history. */
export interface Denial {
  readonly organizationId: string
  readonly cause: Cause
  /** What was refused and why, not counted yet. Refusals with equal drafts, actors, credentials and addresses count as identical. */
  readonly draft: EventDraft<'ACCESS_DENIED' | 'RETIRED_SECRET_USED'>
}

const WINDOW_MS = 60_000
const MOST_WINDOWS = 10_000

interface Window {
  readonly denial: Denial
  readonly closesAt: Date
  /** Refusals after the first, not yet in the history. */
  further: number
}

/**
 * Writes refusals to the history without letting a flood of them fill it: the first is written at once, the identical
 * ones of the next minute become one event that counts them.
 */
export class DenialRecorder {
  private readonly database: Database
  private readonly clock: Clock
  private readonly log: AuditLog
  private readonly windows = new Map<string, Window>()
  private cancelFlush: (() => void) | null = null
  private readonly onFault: (error: unknown) => void

  constructor(database: Database, clock: Clock, log: AuditLog, onFault: (error: unknown) => void) {
    this.database = database
    this.clock = clock
    this.log = log
    this.onFault = onFault
  }

  /** Resolves when the refusal is in the history, or counted towards the event that closes its minute. */
  async record(denial: Denial): Promise<void> {
    const { organizationId, cause, draft } = denial
    const { type, target, details } = draft
    const name = JSON.stringify([
      organizationId,
      type,
      cause.actor.kind,
      cause.actor.id,
      cause.credentialId,
      cause.tokenId,
      cause.ipAddress,
      target?.id,
      details,
    ])
    const now = this.clock.now()
    if (this.windows.size >= MOST_WINDOWS && !this.windows.has(name)) await this.flush(now)
    const window = this.windows.get(name)
    if (window !== undefined && window.closesAt > now) {
      window.further += 1
      return
    }
    // Refusals from ten thousand places within a minute are a flood: the log keeps those of the first ten thousand.
    if (window === undefined && this.windows.size >= MOST_WINDOWS) return
    // In the same step as the look: whoever is refused meanwhile is counted in the new minute.
    this.windows.set(name, { denial, closesAt: new Date(now.getTime() + WINDOW_MS), further: 0 })
    this.schedule()
    if (window !== undefined) await this.close(name, window)
    await this.write(denial, 1)
  }

  /** Writes what was counted in the minutes that are over; with no instant, in all. */
  async flush(now?: Date): Promise<void> {
    for (const [name, window] of [...this.windows])
      if (now === undefined || window.closesAt <= now) await this.close(name, window)
  }

  async stop(): Promise<void> {
    this.cancelFlush?.()
    await this.flush()
  }

  private async close(name: string, window: Window): Promise<void> {
    if (this.windows.get(name) === window) this.windows.delete(name)
    const { further } = window
    if (further === 0) return
    // Taken before the write: nobody else who closes this minute may count them again.
    window.further = 0
    try {
      await this.write(window.denial, further)
    } catch (error) {
      const kept = this.windows.get(name) ?? window
      kept.further += further
      this.windows.set(name, kept)
      throw error
    }
  }

  private async write({ organizationId, cause, draft }: Denial, count: number): Promise<void> {
    await this.database.write((writer) => this.log.append(writer, organizationId, cause, counted(draft, count)))
  }

  private schedule(): void {
    if (this.cancelFlush !== null) return
    const next = new Date(this.clock.now().getTime() + WINDOW_MS)
    this.cancelFlush = this.clock.wakeAt(next, () => {
      this.cancelFlush = null
      this.flush(this.clock.now())
        .catch(this.onFault)
        .finally(() => {
          if (this.windows.size > 0) this.schedule()
        })
    })
  }
}

const counted = (draft: Denial['draft'], count: number): Denial['draft'] =>
  draft.type === 'ACCESS_DENIED'
    ? { ...draft, details: { ...draft.details, count } }
    : { ...draft, details: { ...draft.details, count } }
