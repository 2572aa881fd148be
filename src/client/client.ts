import { Credential, type CredentialSource } from './credential.ts'
import { checkResumable, type Document, textOf } from './document.ts'
import { KeyturnClientError } from './error.ts'
import { execute } from './http.ts'
import { Socket } from './socket.ts'
import { type ConnectionState, Subscription } from './subscription.ts'

export type { CredentialFunction, CredentialSource } from './credential.ts'
export type { Document } from './document.ts'
export { type InputIssue, KeyturnClientError } from './error.ts'
export { type KeyTokenOptions, keyToken } from './key-token.ts'
export { type Resumable, resumable } from './resumable.ts'
export type { ConnectionState } from './subscription.ts'

export interface KeyturnClientOptions {
  /** The GraphQL endpoint: `https://keys.example.com/graphql`. */
  readonly url: string
  /** A secret or token, or a function that is called for each request and each connection. */
  readonly credential: CredentialSource
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

/** How a part of the package, not a user, may change the connection. */
interface ConnectionTuning {
  readonly pingMilliseconds?: number
}

const checkUrl = (url: string): void => {
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new TypeError(`url must be the GraphQL endpoint, such as https://keys.example.com/graphql, not ${url}.`)
}

const checkAfter = (after: unknown): void => {
  if (after != null && !(Number.isSafeInteger(after) && Number(after) >= 0))
    throw new TypeError('after must be the sequence of an event, or 0 for the beginning.')
}

/** A client of a Keyturn server. Throws TypeError for a url that cannot be one. */
export const createKeyturnClient = (options: KeyturnClientOptions, tuning: ConnectionTuning = {}): KeyturnClient => {
  const { url, webSocketImpl } = options
  checkUrl(url)
  const credential = new Credential(options.credential)
  const target = { url, fetch: options.fetch ?? ((...request: Parameters<typeof fetch>) => fetch(...request)) }
  const socket = new Socket({ url, credential, webSocketImpl, ...tuning })
  const running = new Map<AbortController, Promise<void>>()
  let isDisposed = false

  const start = <D>(query: string, variables: Record<string, unknown>, given: SubscribeOptions) => {
    const controller = new AbortController()
    const { signal, onConnection } = given
    const subscription = new Subscription<D>(socket, credential, {
      query,
      variables,
      onConnection,
      controller,
    })
    const abort = () => controller.abort()
    controller.signal.addEventListener('abort', () => subscription.events.drop())
    signal?.addEventListener('abort', abort)
    if (signal?.aborted || isDisposed) abort()
    const ended = subscription.run().finally(() => {
      signal?.removeEventListener('abort', abort)
      running.delete(controller)
    })
    running.set(controller, ended)
    return { subscription, abort }
  }

  return {
    execute: (document, variables, { signal } = {}) => execute(target, credential, document, variables, signal),
    subscribe: <D, V>(document: Document<D, V>, variables?: V, given: SubscribeOptions = {}) => {
      const query = textOf(document)
      checkResumable(query)
      const merged: Record<string, unknown> = { ...variables }
      if (given.after !== undefined) merged.after = given.after
      checkAfter(merged.after)
      if (isDisposed) throw new KeyturnClientError('DISPOSED', 'The client was disposed of. Create another.')
      const { subscription, abort } = start<D>(query, merged, given)
      const iterator: AsyncIterableIterator<D> = {
        [Symbol.asyncIterator]: () => iterator,
        next: () => subscription.events.take(),
        return: async () => {
          abort()
          return { done: true, value: undefined }
        },
      }
      return iterator
    },
    dispose: async () => {
      isDisposed = true
      const ends = [...running.values()]
      for (const controller of [...running.keys()]) controller.abort()
      await Promise.all(ends)
      await socket.close()
    },
  }
}
