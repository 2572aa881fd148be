import type { CredentialSource } from './credential.ts'
import type { Document } from './document.ts'
import type { ConnectionState } from './subscription.ts'

export interface KeyturnClientOptions {
  /** The GraphQL endpoint: `https://keys.example.com/graphql`. */
  readonly url: string
  /**
   * A secret or token, or a function that is called for each request and each connection. Null sends none, for pages that
   * use a session cookie.
   */
  readonly credential: CredentialSource | null
  readonly fetch?: typeof fetch
  /** Default: `globalThis.WebSocket`, or else that of the ws package. */
  readonly webSocketImpl?: unknown
}

export interface ExecuteOptions {
  readonly signal?: AbortSignal
}

export interface SubscribeOptions {
  readonly signal?: AbortSignal
  /** Sequence of the last event that the caller has; 0 replays from the start. Default: only new events. */
  readonly after?: number
  readonly onConnection?: (state: ConnectionState) => void
}

export interface KeyturnClient {
  /**
   * Executes a query or mutation over HTTP, without retries. Throws KeyturnClientError; an abort throws the signal's reason.
   */
  execute<D, V>(document: Document<D, V>, variables?: V, options?: ExecuteOptions): Promise<D>
  /**
   * Follows a subscription across reconnects, and resumes after the last event: no gap, no duplicate. It ends on `return()`
   * (so on `break`), on the signal or on `dispose()`. Throws KeyturnClientError if the server rejects it, and TypeError for a
   * document without `$after` or `sequence`. At most 256 events are buffered; a slow consumer gets the rest later.
   */
  subscribe<D, V>(document: Document<D, V>, variables?: V, options?: SubscribeOptions): AsyncIterableIterator<D>
  /** Ends all subscriptions and closes the connection. */
  dispose(): Promise<void>
}
