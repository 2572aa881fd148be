import { Client, cacheExchange, fetchExchange, mapExchange } from 'urql'
import { createKeyturnClient, type KeyturnClient } from '../../client/client.ts'
import { type ConsoleError, errorOfResult } from './console-error.ts'
import { LastResults } from './keep-equal.ts'

/** Where the API is: the origin that served this page. */
export const API_URL = new URL('/graphql', location.origin).href

/** Tells the server that a request was made by this page: a form of another site cannot send a header. */
export const CONSOLE_HEADERS = { 'x-keyturn-console': '1' } as const

/** `fetch` with the session cookie and the console's header. */
export const consoleFetch: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers)
  for (const [name, value] of Object.entries(CONSOLE_HEADERS)) headers.set(name, value)
  return fetch(input, { ...init, headers, credentials: 'same-origin', cache: 'no-store' })
}

/** The client of subscriptions. The cookie identifies the person. */
export const createLiveClient = (): KeyturnClient =>
  createKeyturnClient({ url: API_URL, credential: null, fetch: consoleFetch })

/** The client of queries and mutations, with a cache by document. `onSignedOut` gets each UNAUTHENTICATED answer. */
export const createQueryClient = (onSignedOut: (error: ConsoleError) => void): Client => {
  const results = new LastResults()
  return new Client({
    url: API_URL,
    preferGetMethod: false,
    fetch: consoleFetch,
    fetchOptions: { headers: { accept: 'application/graphql-response+json, application/json' } },
    exchanges: [
      cacheExchange,
      mapExchange({
        onError: (failure) => {
          const error = errorOfResult(failure)
          if (error?.code === 'UNAUTHENTICATED') onSignedOut(error)
        },
        // Of queries alone: the result of a mutation can hold a secret.
        onResult: (result) =>
          result.operation.kind === 'query' && result.data != null
            ? { ...result, data: results.share(result.operation.key, result.data) }
            : result,
      }),
      fetchExchange,
    ],
  })
}
