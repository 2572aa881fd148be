import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { KeyEventsDocument } from '../../../src/generated/graphql.ts'
import { pause } from './settings.ts'

const RETRY_MS = 50

interface Received {
  readonly keyEvents: { readonly sequence: number }
}

/** A subscriber that follows the events of keys. When its connection ends it continues at the next instance, with `after`. */
export class Follower {
  readonly name: string
  readonly seen: number[] = []
  /** When each event came, by its sequence, in milliseconds since the epoch. */
  readonly receivedAt = new Map<number, number>()
  /** Ends that no fault excuses. */
  readonly bugs: string[] = []
  private readonly urls: readonly string[]
  private readonly secret: string
  private readonly organizationId: string
  private readonly after: number
  private stopped = false
  private dispose: () => void = () => undefined
  private running: Promise<void> = Promise.resolve()

  constructor(name: string, urls: readonly string[], secret: string, organizationId: string, after: number) {
    this.name = name
    this.urls = urls
    this.secret = secret
    this.organizationId = organizationId
    this.after = after
  }

  start(first: number): void {
    this.running = this.run(first)
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.dispose()
    await this.running
  }

  private async run(first: number): Promise<void> {
    for (let turn = first; !this.stopped; turn += 1) {
      await this.followAt(this.urls[turn % this.urls.length] ?? '')
      if (!this.stopped) await pause(RETRY_MS)
    }
  }

  /** Resolves when the connection or the subscription has ended. */
  private followAt(url: string): Promise<void> {
    return new Promise((resolve) => {
      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${this.secret}` },
        retryAttempts: 0,
        // An instance that is suspended accepts connections and answers nothing.
        connectionAckWaitTimeout: 2_000,
        keepAlive: 1_000,
        on: {
          opened: (socket) => this.watch(socket as WebSocket),
          closed: (event) => this.judge(event as { code: number; reason: string }),
        },
      })
      const end = () => {
        void client.dispose()
        resolve()
      }
      this.dispose = end
      const variables = { organizationId: this.organizationId, after: this.seen.at(-1) ?? this.after }
      client.subscribe<Received>(
        { query: KeyEventsDocument.toString(), variables },
        {
          next: ({ data, errors }) => {
            if (data != null) this.receive(data.keyEvents.sequence)
            else this.bugs.push(`${this.name} received ${JSON.stringify(errors)}`)
          },
          error: (error) => {
            if (Array.isArray(error))
              this.bugs.push(...error.map((one) => this.bugOf(one)).filter((bug) => bug !== null))
            end()
          },
          complete: end,
        },
      )
    })
  }

  /** Cuts a connection whose peer does not answer pings, as graphql-ws' documentation has clients do. */
  private watch(socket: WebSocket): void {
    let answered = true
    const timer = setInterval(() => {
      if (!answered) return socket.terminate()
      answered = false
      socket.ping()
    }, 1_500)
    socket.on('pong', () => {
      answered = true
    })
    socket.on('close', () => clearInterval(timer))
  }

  private receive(sequence: number): void {
    this.seen.push(sequence)
    if (!this.receivedAt.has(sequence)) this.receivedAt.set(sequence, Date.now())
  }

  /** A standard client takes these codes for final, and its credential is valid all the time. */
  private judge({ code, reason }: { readonly code: number; readonly reason: string }): void {
    if ([4400, 4401, 4403].includes(code)) this.bugs.push(`${this.name} was closed with ${code} ${reason}`)
  }

  private bugOf(error: { readonly extensions?: { readonly code?: unknown } }): string | null {
    return error.extensions?.code === 'UNAVAILABLE' ? null : `${this.name} ended with ${JSON.stringify(error)}`
  }
}
