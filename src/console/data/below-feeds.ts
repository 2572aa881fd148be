import type { KeyturnClient } from '../../client/client.ts'
import { LiveKeyEventsDocument } from '../generated/graphql.ts'
import type { RefreshSignal } from './refresh.ts'

export interface BelowFeedsOptions {
  readonly client: KeyturnClient
  /** Is requested at each event, and after each gap. */
  readonly refresh: RefreshSignal
  /** The organizations below, at most `limit` of them. Null where they cannot be read now. */
  readonly findBelow: (limit: number) => Promise<readonly string[] | null>
}

/** Each is a subscription on the one socket. With more organizations the lists are loaded again every so often instead. */
const MOST_FOLLOWED = 100
/** The screen comes first. */
const START_MS = 1_500
/** New organizations are found within this time. */
const LOOK_MS = 30_000
const POLL_MS = 15_000

/** Events about keys of the organizations below: a list that includes them changes by itself too. */
export class BelowFeeds {
  private readonly options: BelowFeedsOptions
  private readonly followed = new Map<string, AbortController>()
  private readonly timers: ReturnType<typeof setInterval>[] = []
  private isTruncated = false
  private isStopped = false

  constructor(options: BelowFeedsOptions) {
    this.options = options
  }

  start(): void {
    this.timers.push(
      setTimeout(() => void this.look(), START_MS),
      setInterval(() => void this.look(), LOOK_MS),
      setInterval(() => this.isTruncated && this.options.refresh.request(), POLL_MS),
    )
  }

  stop(): void {
    this.isStopped = true
    for (const timer of this.timers) clearInterval(timer)
    for (const controller of this.followed.values()) controller.abort()
    this.followed.clear()
  }

  private async look(): Promise<void> {
    if (document.visibilityState === 'hidden') return
    const found = await this.options.findBelow(MOST_FOLLOWED + 1)
    if (found === null || this.isStopped) return
    this.isTruncated = found.length > MOST_FOLLOWED
    const wanted = new Set(found.slice(0, MOST_FOLLOWED))
    for (const [id, controller] of this.followed) if (!wanted.has(id)) controller.abort()
    const added = [...wanted].filter((id) => !this.followed.has(id))
    for (const id of added) void this.follow(id)
    // What happened before the subscriptions is loaded once.
    if (added.length > 0) this.options.refresh.request()
  }

  private async follow(organizationId: string): Promise<void> {
    const { client, refresh } = this.options
    const controller = new AbortController()
    this.followed.set(organizationId, controller)
    let wasLost = false
    const onConnection = (state: string) => {
      if (state === 'live' && wasLost) refresh.request()
      wasLost = state === 'offline'
    }
    try {
      const { signal } = controller
      for await (const _ of client.subscribe(LiveKeyEventsDocument, { organizationId }, { signal, onConnection }))
        refresh.request()
    } catch {
      // Refused: its keys are not in the lists either. The next look tries again.
    } finally {
      this.followed.delete(organizationId)
    }
  }
}
