import type { CredentialSource } from './credential.ts'
import type { Document } from './document.ts'
import type { ConnectionState } from './subscription.ts'

export interface KeyturnClientOptions {
  /** The GraphQL endpoint: `https://keys.example.com/graphql`. */
  readonly url: string
  /**
   * A secret or token, or a function that is called for each request and each connection. Null sends none: for a page that
   * is signed in by a cookie.
   */
  readonly credential: CredentialSource | null
  readonly fetch?: typeof fetch
  /** Default: `globalThis.WebSocket`, else that of the ws package. */
  readonly webSocketImpl?: unknown
}

export interface ExecuteOptions {
  readonly signal?: AbortSignal
}

export interface SubscribeOptions {
  readonly signal?: AbortSignal
  /** The last sequence that the caller has; 0: from the beginning. Default: only what comes. */
  readonly after?: number
  readonly onConnection?: (state: ConnectionState) => void
}

export interface KeyturnClient {
  /**
   * Executes a query or mutation over HTTP, and nothing twice. Throws KeyturnClientError; an abort throws the signal's reason.
   */
  execute<D, V>(document: Document<D, V>, variables?: V, options?: ExecuteOptions): Promise<D>
  /**
   * Follows a subscription. It survives restarts of the server and losses of the network, and continues after the last
   * event: no gap, no repeat. It ends by `return()` (so by `break`), by the signal or by `dispose()`. Throws
   * KeyturnClientError when the server refuses; before it connects, TypeError for a document without `$after` or `sequence`.
   * At most 256 events wait for a slow consumer; it gets the others from the server when it has caught up.
   */
  subscribe<D, V>(document: Document<D, V>, variables?: V, options?: SubscribeOptions): AsyncIterableIterator<D>
  /** Ends all subscriptions and closes the connection. */
  dispose(): Promise<void>
}
