import { createClient as createEventClient } from 'graphql-sse'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { type Result, received } from '../support/client.ts'
import { MessageQueue } from '../support/queue.ts'
import type { Caller } from './oracle.ts'

export type Answer = Result<Record<string, unknown>>

/** An open subscription. */
export interface Listening {
  readonly results: MessageQueue<Answer>
  readonly stop: () => void
}

/** Sends the operations of one caller. */
export interface Wire {
  readonly name: string
  readonly send: (query: string) => Promise<Answer>
  readonly close: () => void
}

/** Listens to the subscriptions of one caller. */
export interface LiveWire {
  readonly name: string
  readonly listen: (query: string) => Listening
  readonly close: () => void
}

let callers = 0

/** An address for each caller: failed credentials are limited per address. */
const nextAddress = (): string => {
  callers += 1
  return `10.0.${callers >> 8}.${callers & 255}`
}

const headersOf = ({ bearer }: Caller): Record<string, string> => ({
  ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
  'x-forwarded-for': nextAddress(),
})

export const overHttp = (url: string, caller: Caller): Wire => {
  const headers = { 'content-type': 'application/json', ...headersOf(caller) }
  return {
    name: 'HTTP',
    send: async (query) => {
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
      return (await response.json()) as Answer
    },
    close: () => undefined,
  }
}

const REFUSED: Answer = { errors: [{ message: 'closed', extensions: { code: 'UNAUTHENTICATED' } }] }

/** One connection for all. If it is refused, every operation gets the error of a refused connection. */
export const overWebSocket = (url: string, caller: Caller): Wire & LiveWire => {
  const { authorization, ...headers } = headersOf(caller)
  class FromThere extends WebSocket {
    constructor(where: string, protocol: string) {
      super(where, protocol, { headers })
    }
  }
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: FromThere,
    connectionParams: authorization === undefined ? {} : { Authorization: authorization },
    retryAttempts: 0,
    lazy: true,
    lazyCloseTimeout: 60_000,
  })
  /** The errors of an operation, or of its connection. */
  const answerOf = (error: unknown): Answer => {
    if (Array.isArray(error)) return { errors: JSON.parse(JSON.stringify(error)) }
    if ((error as { readonly code?: unknown }).code === 4401) return REFUSED
    throw new Error(JSON.stringify(error))
  }
  return {
    name: 'WebSocket',
    send: (query) =>
      new Promise((resolve, reject) => {
        let last: Answer = {}
        client.subscribe<Record<string, unknown>>(
          { query },
          {
            next: (result) => {
              last = result as Answer
            },
            error: (error) => {
              try {
                resolve(answerOf(error))
              } catch (unexpected) {
                reject(unexpected)
              }
            },
            complete: () => resolve(last),
          },
        )
      }),
    listen: (query) => {
      const results = new MessageQueue<Answer>()
      const stop = client.subscribe<Record<string, unknown>>(
        { query },
        {
          next: (result) => results.push(result as Answer),
          error: (error) => results.push(answerOf(error)),
          complete: () => undefined,
        },
      )
      return { results, stop }
    },
    close: () => void client.dispose(),
  }
}

/** A stream of events for each subscription. */
export const overEvents = (url: string, caller: Caller): LiveWire => {
  const client = createEventClient({ url: `${url}/graphql`, headers: headersOf(caller), retryAttempts: 0 })
  return {
    name: 'server-sent events',
    listen: (query) => {
      const results = new MessageQueue<Answer>()
      const stop = client.subscribe<Record<string, unknown>>(
        { query },
        {
          next: (result) => results.push(received(result)),
          error: (error) => {
            const { response } = error as { readonly response?: { readonly status: number } }
            results.push(response?.status === 401 ? REFUSED : { errors: [{ message: String(error) } as never] })
          },
          complete: () => undefined,
        },
      )
      return { results, stop }
    },
    close: () => client.dispose(),
  }
}
