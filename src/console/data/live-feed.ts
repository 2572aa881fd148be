import type { KeyturnClient } from '../../client/client.ts'
import { KeyturnClientError } from '../../client/error.ts'
import { LiveKeyEventsDocument } from '../generated/graphql.ts'
import type { LiveEvent } from './live-event.ts'
import type { RefreshSignal } from './refresh.ts'

/** `off`: the person may not follow the events of this organization. */
export type FeedState = 'connecting' | 'live' | 'offline' | 'off'

export interface LiveFeedOptions {
  readonly client: KeyturnClient
  readonly organizationId: string
  /** Gets each event, and a request after each gap. */
  readonly refresh: RefreshSignal
  /** The newest sequence, where the person may read it: the feed then has no gap before its first event. */
  readonly findStart: () => Promise<number | undefined>
  readonly onSignedOut: (error: KeyturnClientError) => void
}

/** From the first connection to the first refresh. */
const SETTLING_MS = 1_000

/** The key events of an organization: one subscription for all screens. It resumes by sequence after each loss. */
export class LiveFeed {
  state: FeedState = 'connecting'
  private wasLive = false
  private readonly options: LiveFeedOptions
  private readonly ending = new AbortController()
  private readonly eventListeners = new Set<(event: LiveEvent) => void>()
  private readonly stateListeners = new Set<() => void>()

  constructor(options: LiveFeedOptions) {
    this.options = options
  }

  /** Follows until `stop`. Never rejects. */
  async start(): Promise<void> {
    const { client, organizationId, findStart, onSignedOut } = this.options
    const { signal } = this.ending
    try {
      const after = await findStart()
      const events = client.subscribe(
        LiveKeyEventsDocument,
        { organizationId },
        { signal, ...(after === undefined ? {} : { after }), onConnection: (state) => this.enter(state) },
      )
      for await (const { keyEvents } of events) this.publish(keyEvents)
    } catch (error) {
      if (signal.aborted) return
      this.enter('off')
      if (error instanceof KeyturnClientError && error.code === 'UNAUTHENTICATED') onSignedOut(error)
    }
  }

  stop(): void {
    this.ending.abort()
  }

  /** Calls back with each event. Returns what ends it. */
  onEvent(listener: (event: LiveEvent) => void): () => void {
    this.eventListeners.add(listener)
    return () => this.eventListeners.delete(listener)
  }

  /** Calls back when `state` changes. Returns what ends it. */
  onState(listener: () => void): () => void {
    this.stateListeners.add(listener)
    return () => this.stateListeners.delete(listener)
  }

  private publish(event: LiveEvent): void {
    for (const listener of [...this.eventListeners]) listener(event)
    this.options.refresh.publish(event)
  }

  private enter(state: FeedState): void {
    if (this.ending.signal.aborted || state === this.state) return
    const wasLost = this.state === 'offline' || this.state === 'connecting'
    this.state = state
    for (const listener of [...this.stateListeners]) listener()
    if (state !== 'live' || !wasLost) return
    // What is no key event has no sequence here: what is on the screen is loaded again. At the start, that is what
    // changed between the first answers and the subscription, and it must not compete with them.
    if (this.wasLive) this.options.refresh.request()
    else setTimeout(() => this.options.refresh.request(), SETTLING_MS)
    this.wasLive = true
  }
}
