import type { FormattedExecutionResult } from 'graphql'
import { type Client, createClient, type Sink } from 'graphql-ws'
import type { Credential } from './credential.ts'

export interface SocketOptions {
  /** The GraphQL endpoint, as `http(s)` or `ws(s)`. */
  readonly url: string
  readonly credential: Credential
  readonly webSocketImpl?: unknown
  /** How often a ping is sent, and how long its pong may take, before the connection counts as lost. Milliseconds. */
  readonly pingMilliseconds?: number
}

export interface SubscribeMessage extends Record<string, unknown> {
  readonly query: string
  readonly variables: Record<string, unknown>
}

/** The credential function failed: the reason that the connection was not made. */
class CredentialFailure extends Error {}

const PING_MS = 10_000
/** A socket without subscriptions is kept this long, since a slow consumer comes back. */
const IDLE_MS = 1_000

/** One WebSocket, shared by the subscriptions of a client. It is opened when needed, and never reconnects by itself. */
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

  /** Calls back on each connection that the server accepts. Returns what ends that. */
  onConnected(listener: () => void): () => void {
    this.connected.add(listener)
    return () => this.connected.delete(listener)
  }

  /** Subscribes once. The sink gets what the socket ends with: a close event, GraphQL errors, or a failure to connect. */
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
    // A connection that is being made could keep `dispose` waiting for minutes.
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

/** The runtime's own WebSocket; the ws package where there is none, as in Node.js 20. */
const findWebSocket = async (): Promise<unknown> => {
  if ('WebSocket' in globalThis) return globalThis.WebSocket
  return (await import('ws')).WebSocket
}
