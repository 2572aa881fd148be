import type { KeyturnClient } from '../../client/client.ts'
import { LiveKeyEventsDocument } from '../generated/graphql.ts'
import type { RefreshSignal } from './refresh.ts'

export interface BelowFeedsOptions {
  readonly client: KeyturnClient
  /** Gets each event, and a request after each gap. */
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
/** From when no screen needs them any more until they end: a look at a key and back does not begin them anew. */
const LINGER_MS = 60_000

/** Events about keys of the organizations below, while a screen shows what is below. */
export class BelowFeeds {
  private readonly options: BelowFeedsOptions
  private readonly followed = new Map<string, AbortController>()
  private timers: ReturnType<typeof setInterval>[] = []
  private lingering: ReturnType<typeof setTimeout> | undefined
  private needs = 0
  private isTruncated = false

  constructor(options: BelowFeedsOptions) {
    this.options = options
  }

  /** A part of the screen shows what is below. Returns what ends that. */
  need(): () => void {
    this.needs += 1
    clearTimeout(this.lingering)
    if (this.timers.length === 0) this.start()
    return () => {
      this.needs -= 1
      if (this.needs === 0) this.lingering = setTimeout(() => this.stop(), LINGER_MS)
    }
  }

  stop(): void {
    clearTimeout(this.lingering)
    for (const timer of this.timers) clearInterval(timer)
    this.timers = []
    for (const controller of this.followed.values()) controller.abort()
    this.followed.clear()
  }

  private start(): void {
    this.timers = [
      setTimeout(() => void this.look(), START_MS),
      setInterval(() => void this.look(), LOOK_MS),
      setInterval(() => this.isTruncated && this.options.refresh.request('below'), POLL_MS),
    ]
  }

  private async look(): Promise<void> {
    if (document.visibilityState === 'hidden') return
    const found = await this.options.findBelow(MOST_FOLLOWED + 1)
    if (found === null || this.timers.length === 0) return
    this.isTruncated = found.length > MOST_FOLLOWED
    const wanted = new Set(found.slice(0, MOST_FOLLOWED))
    for (const [id, controller] of this.followed) if (!wanted.has(id)) controller.abort()
    const added = [...wanted].filter((id) => !this.followed.has(id))
    for (const id of added) void this.follow(id)
    // What happened before the subscriptions is loaded once.
    if (added.length > 0) this.options.refresh.request('below')
  }

  private async follow(organizationId: string): Promise<void> {
    const { client, refresh } = this.options
    const controller = new AbortController()
    this.followed.set(organizationId, controller)
    let wasLost = false
    const onConnection = (state: string) => {
      if (state === 'live' && wasLost) refresh.request('below')
      wasLost = state === 'offline'
    }
    try {
      const options = { signal: controller.signal, onConnection }
      for await (const { keyEvents } of client.subscribe(LiveKeyEventsDocument, { organizationId }, options))
        refresh.publish(keyEvents)
    } catch {
      // Refused: its keys are not in the lists either. The next look tries again.
    } finally {
      if (this.followed.get(organizationId) === controller) this.followed.delete(organizationId)
    }
  }
}
