import { backoffMs, wait } from './backoff.ts'
import type { Credential } from './credential.ts'
import { errorOfGraphQL } from './error.ts'
import { EventBuffer } from './event-buffer.ts'
import { type AttemptEnd, endOfError } from './refusal.ts'
import { sequenceOf } from './sequence.ts'
import type { Socket, SubscribeMessage } from './socket.ts'

export type ConnectionState = 'connecting' | 'live' | 'offline'

export interface SubscriptionOptions {
  readonly query: string
  readonly variables: Record<string, unknown>
  readonly onConnection?: ((state: ConnectionState) => void) | undefined
  /** Aborting it ends the subscription. */
  readonly controller: AbortController
}

/** Largest number of buffered events. Beyond it the subscription stops, and resumes once they are taken. */
const MOST_WAITING = 256
/** A connection that lasts this long resets the backoff. */
const LASTING_MS = 10_000

/**
 * Follows a subscription until its signal is aborted or the server rejects it, across any number of connections. The
 * position is the newest received event, so that each event enters the buffer exactly once.
 */
export class Subscription<D> {
  readonly events = new EventBuffer<D>(MOST_WAITING)
  private readonly socket: Socket
  private readonly credential: Credential
  private readonly options: SubscriptionOptions
  private readonly message: SubscribeMessage
  /** Number of failed attempts since the last event or lasting connection. */
  private failures = 0
  /** Number of rejected credentials since the last connection. */
  private refusals = 0
  private liveSince: number | null = null
  private wasLive = false
  private state: ConnectionState | null = null

  constructor(socket: Socket, credential: Credential, options: SubscriptionOptions) {
    this.socket = socket
    this.credential = credential
    this.options = options
    this.message = { query: options.query, variables: { ...options.variables } }
  }

  private get signal(): AbortSignal {
    return this.options.controller.signal
  }

  /** Runs until the end, which the consumer receives through the buffer. Never rejects. */
  async run(): Promise<void> {
    try {
      while (!this.signal.aborted) {
        if (this.events.isFull) await this.events.untilEmpty()
        if (this.signal.aborted) break
        if (!this.socket.isConnected) this.report('connecting')
        await this.recover(await this.attempt())
      }
      this.events.end()
    } catch (error) {
      this.events.fail(error)
    } finally {
      this.report('offline')
    }
  }

  private async recover(end: AttemptEnd): Promise<void> {
    const { signal } = this
    if (end.kind === 'full' || signal.aborted) return
    this.report('offline')
    if (end.kind === 'refused') throw end.error
    if (end.kind === 'credential' && !(await this.renews())) throw end.error
    if (this.liveSince !== null && Date.now() - this.liveSince > LASTING_MS) this.failures = 0
    if (this.liveSince !== null && end.kind === 'lost') this.wasLive = true
    this.liveSince = null
    const delay = backoffMs(this.failures, end.error.retryAfterSeconds)
    this.failures += 1
    await wait(delay, signal)
  }

  /** Whether there is another credential. The second rejection in a row is final: new credentials could go on forever. */
  private async renews(): Promise<boolean> {
    const { presented } = this.socket
    if (presented === null || this.refusals > 0) return false
    this.refusals += 1
    try {
      return await this.credential.renews(presented)
    } catch (failure) {
      if (endOfError(failure, true).kind !== 'lost') throw failure
      return true
    }
  }

  /** One subscription on one connection. */
  private attempt(): Promise<AttemptEnd> {
    const { signal } = this
    return new Promise((resolve) => {
      let isOver = false
      const finish = (end: AttemptEnd) => {
        if (isOver) return
        isOver = true
        signal.removeEventListener('abort', abort)
        unlisten()
        stop()
        resolve(end)
      }
      const lost = (failure: unknown) => finish(endOfError(failure, this.wasLive))
      const abort = () => finish({ kind: 'full' })
      const live = () => this.report('live')
      const unlisten = this.socket.onConnected(live)
      signal.addEventListener('abort', abort)
      let stop: () => void = () => undefined
      stop = this.socket.subscribe(this.message, {
        next: ({ data, errors }) => {
          if (isOver) return
          if (errors !== undefined && errors.length > 0)
            return lost(errorOfGraphQL(errors, data == null ? {} : { data }))
          this.accept(data as D)
          if (this.events.isFull) finish({ kind: 'full' })
        },
        error: lost,
        complete: () => lost(new Error('The server ended the subscription.')),
      })
      if (this.socket.isConnected) live()
    })
  }

  private accept(data: D): void {
    const { variables } = this.message
    const sequence = sequenceOf(data)
    if (sequence === null || (typeof variables.after === 'number' && sequence <= variables.after)) return
    variables.after = sequence
    this.failures = 0
    this.wasLive = true
    this.events.push(data)
  }

  private report(state: ConnectionState): void {
    if (state === this.state) return
    this.state = state
    if (state === 'live') this.liveSince = Date.now()
    if (state === 'live') this.refusals = 0
    try {
      this.options.onConnection?.(state)
    } catch (error) {
      this.events.fail(error)
      this.options.controller.abort()
    }
  }
}
