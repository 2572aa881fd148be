import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import type { TypedDocumentString } from '../../generated/graphql.ts'

interface ErrorFields {
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
  readonly requestId?: string
  readonly retryAfterSeconds?: number
}

/** What the server refused an operation with. */
export class KeyturnClientError extends Error {
  readonly code: string
  readonly issues?: readonly { readonly path: string; readonly message: string }[]
  readonly requestId?: string
  readonly retryAfterSeconds?: number

  constructor(code: string, message: string, fields: ErrorFields = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    Object.assign(this, fields)
  }
}

interface GraphQLResponse<Data> {
  readonly data?: Data | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions: ErrorFields & { readonly code: string }
  }[]
}

export interface KeyturnClient {
  execute<Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: Variables): Promise<Data>
  subscribe<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    options: {
      readonly signal: AbortSignal
      readonly after?: number
      readonly onConnection?: (state: 'connecting' | 'live' | 'offline') => void
    },
  ): AsyncIterableIterator<Data>
  dispose(): Promise<void>
}

const RETRY_MS = 300

export const createKeyturnClient = (options: {
  readonly url: string
  readonly credential: string
  readonly fetch: typeof fetch
}): KeyturnClient => ({
  execute: async <Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: Variables) => {
    const response = await options
      .fetch(options.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${options.credential}` },
        body: JSON.stringify({ query: document.toString(), variables }),
      })
      .catch((cause) => {
        throw new KeyturnClientError('NETWORK', `No answer from ${options.url}.`, {}, { cause })
      })
    const { data, errors } = (await response.json()) as GraphQLResponse<Data>
    const [error] = errors ?? []
    if (error !== undefined) throw new KeyturnClientError(error.extensions.code, error.message, error.extensions)
    if (data == null) throw new KeyturnClientError('BAD_RESPONSE', 'The server gave no data.')
    return data
  },
  async *subscribe<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    { signal, after, onConnection }: Parameters<KeyturnClient['subscribe']>[2],
  ) {
    let position = after
    while (!signal.aborted) {
      const client = createClient({
        url: options.url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${options.credential}` },
        retryAttempts: 0,
        on: { connected: () => onConnection?.('live') },
      })
      signal.addEventListener('abort', () => void client.dispose(), { once: true })
      try {
        const sent = { ...variables, ...(position === undefined ? {} : { after: position }) }
        for await (const { data, errors } of client.iterate<Record<string, { sequence: number }>>({
          query: document.toString(),
          variables: sent,
        })) {
          const [error] = errors ?? []
          if (error !== undefined) throw new KeyturnClientError(String(error.extensions?.code), error.message)
          position = Object.values(data ?? {})[0]?.sequence
          yield data as Data
        }
      } catch (error) {
        if (error instanceof KeyturnClientError) throw error
        const [refused] = Array.isArray(error) ? error : []
        if (refused !== undefined) throw new KeyturnClientError(String(refused.extensions?.code), refused.message)
        onConnection?.('offline')
        await wait(RETRY_MS, undefined, { signal }).catch(() => undefined)
      }
    }
  },
  dispose: async () => {},
})
