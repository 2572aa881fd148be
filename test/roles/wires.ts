import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import type { Result } from '../support/client.ts'
import type { Caller } from './oracle.ts'

/** Sends the operations of one caller. */
export interface Wire {
  readonly name: string
  readonly send: (query: string) => Promise<Result<Record<string, unknown>>>
  readonly close: () => void
}

let callers = 0

/** An address for each caller: failing credentials are slowed down by the address that they come from. */
const nextAddress = (): string => {
  callers += 1
  return `10.0.${callers >> 8}.${callers & 255}`
}

export const overHttp = (url: string, caller: Caller): Wire => {
  const headers = {
    'content-type': 'application/json',
    ...(caller.bearer === null ? {} : { authorization: `Bearer ${caller.bearer}` }),
    'x-forwarded-for': nextAddress(),
  }
  return {
    name: 'HTTP',
    send: async (query) => {
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
      return (await response.json()) as Result<Record<string, unknown>>
    },
    close: () => undefined,
  }
}

/** One connection for all. Where it is not let in, every operation is answered by what a refused connection means. */
export const overWebSocket = (url: string, caller: Caller): Wire => {
  const address = nextAddress()
  class FromThere extends WebSocket {
    constructor(where: string, protocol: string) {
      super(where, protocol, { headers: { 'x-forwarded-for': address } })
    }
  }
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: FromThere,
    connectionParams: caller.bearer === null ? {} : { Authorization: `Bearer ${caller.bearer}` },
    retryAttempts: 0,
    lazy: true,
    lazyCloseTimeout: 60_000,
  })
  const refused = { errors: [{ message: 'closed', extensions: { code: 'UNAUTHENTICATED' } }] }
  return {
    name: 'WebSocket',
    send: (query) =>
      new Promise((resolve, reject) => {
        let last: Result<Record<string, unknown>> = {}
        client.subscribe<Record<string, unknown>>(
          { query },
          {
            next: (result) => {
              last = result as Result<Record<string, unknown>>
            },
            error: (error) => {
              const { code } = error as { readonly code?: unknown }
              if (code === 4401) resolve(refused)
              else reject(new Error(JSON.stringify(error)))
            },
            complete: () => resolve(last),
          },
        )
      }),
    close: () => void client.dispose(),
  }
}
