import type { FormattedExecutionResult } from 'graphql'
import { type Client, createClient, type Sink } from 'graphql-ws'
import type { Credential } from './credential.ts'

export interface SocketOptions {
  /** The GraphQL endpoint, as `http(s)` or `ws(s)`. */
  readonly url: string
  readonly credential: Credential
  readonly webSocketImpl?: unknown
  /** Interval of pings, and how long a pong may take before the connection counts as lost, in milliseconds. */
  readonly pingMilliseconds?: number
}

export interface SubscribeMessage extends Record<string, unknown> {
  readonly query: string
  readonly variables: Record<string, unknown>
}

/** The credential function failed, so no connection was made. */
class CredentialFailure extends Error {}

const PING_MS = 10_000
/** How long a socket without subscriptions stays open, because slow consumers subscribe again. */
const IDLE_MS = 1_000

/** One WebSocket, shared by the subscriptions of a client. It opens on demand, and does not reconnect automatically. */
export class Socket {
  /** Whether the server has accepted the credential of the open connection. */
  isConnected = false
  /** The credential of the newest connection. */
  presented: string | null = null
  private readonly options: SocketOptions
  private readonly connected = new Set<() => void>()
  private client: Promise<Client> | null = null

  constructor(options: SocketOptions) {
    this.options = options
  }

  /** Calls back on each connection that the server accepts. Returns a function that removes the listener. */
  onConnected(listener: () => void): () => void {
    this.connected.add(listener)
    return () => this.connected.delete(listener)
  }

  /** Subscribes once. The sink receives why the socket ends: a close event, GraphQL errors, or a failed connection. */
  subscribe(payload: SubscribeMessage, sink: Sink<FormattedExecutionResult<Record<string, unknown>>>): () => void {
    let stop: (() => void) | null = null
    let isStopped = false
    this.client ??= this.create()
    this.client.then(
      (client) => {
        if (isStopped) return sink.complete()
        stop = client.subscribe<Record<string, unknown>>(payload, {
          ...sink,
          error: (error) => sink.error(error instanceof CredentialFailure ? error.cause : error),
        })
      },
      (error) => {
        this.client = null
        sink.error(error)
      },
    )
    return () => {
      isStopped = true
      stop?.()
    }
  }

  async close(): Promise<void> {
    const client = await this.client?.catch(() => null)
    this.client = null
    if (client == null) return
    // `dispose` would wait for a pending connection, possibly for minutes.
    if (this.isConnected) await client.dispose()
    else client.terminate()
  }

  private async create(): Promise<Client> {
    const { url, credential, webSocketImpl, pingMilliseconds = PING_MS } = this.options
    let overdue: ReturnType<typeof setTimeout> | undefined
    const client = createClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: webSocketImpl ?? (await findWebSocket()),
      retryAttempts: 0,
      lazyCloseTimeout: IDLE_MS,
      keepAlive: pingMilliseconds,
      connectionAckWaitTimeout: 10_000,
      connectionParams: async () => {
        try {
          this.presented = await credential.get()
        } catch (cause) {
          throw new CredentialFailure('The credential function failed.', { cause })
        }
        return this.presented === null ? {} : { authorization: `Bearer ${this.presented}` }
      },
      on: {
        connected: () => {
          this.isConnected = true
          for (const listener of [...this.connected]) listener()
        },
        ping: (isReceived) => {
          if (!isReceived) overdue = setTimeout(() => client.terminate(), pingMilliseconds)
        },
        pong: (isReceived) => {
          if (isReceived) clearTimeout(overdue)
        },
        closed: () => {
          clearTimeout(overdue)
          this.isConnected = false
        },
        error: () => {
          clearTimeout(overdue)
          this.isConnected = false
        },
      },
    })
    return client
  }
}

/** The WebSocket of the runtime, or of the ws package if it has none (Node.js 20). */
const findWebSocket = async (): Promise<unknown> => {
  if ('WebSocket' in globalThis) return globalThis.WebSocket
  return (await import('ws')).WebSocket
}
