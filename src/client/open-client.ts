import type { KeyturnClient, KeyturnClientOptions, SubscribeOptions } from './client-types.ts'
import { Credential } from './credential.ts'
import { checkResumable, type Document, textOf } from './document.ts'
import { KeyturnClientError } from './error.ts'
import { execute } from './http.ts'
import { Socket } from './socket.ts'
import { Subscription } from './subscription.ts'

/** Settings of the connection that only the verifier changes. */
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

/** Creates a client with a tuned connection. Throws TypeError for an invalid url. */
export const openClient = (options: KeyturnClientOptions, tuning: ConnectionTuning = {}): KeyturnClient => {
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
