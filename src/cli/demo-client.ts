import { type Client, createClient } from 'graphql-ws'
import WebSocket from 'ws'
import type { TypedDocumentString } from '../generated/graphql.ts'

type Document<Data, Variables> = TypedDocumentString<Data, Variables>

/** The error with which the server rejected an operation. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

interface GraphQLResponse<Data> {
  readonly data?: Data | null
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[]
}

/** A client of a server's GraphQL API with one credential. */
export class DemoClient {
  private readonly url: string
  private readonly authorization: string
  private socket: Client | null = null

  constructor(url: string, secret: string) {
    this.url = url
    this.authorization = `Bearer ${secret}`
  }

  /** Runs an operation and returns its data. Throws on any error. */
  async run<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data> {
    const { status, answer } = await this.post(document, variables)
    if (answer.data == null || answer.errors !== undefined)
      throw new Error(`The server rejected the operation (HTTP ${status}): ${JSON.stringify(answer.errors)}`)
    return answer.data
  }

  /** Runs an operation that the server should reject. Returns the error, or null if the operation succeeds. */
  async refusalOf<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Refusal | null> {
    const { status, answer } = await this.post(document, variables)
    const [error] = answer.errors ?? []
    return error === undefined ? null : { status, code: error.extensions.code, message: error.message }
  }

  /**
   * Subscribes over WebSocket. All subscriptions of a client share one connection, which `close` ends.
   * Returns a function that waits for the next event and throws if the subscription has ended.
   */
  subscribe<Data, Variables extends Record<string, unknown>>(
    document: Document<Data, Variables>,
    variables: Variables,
  ): () => Promise<Data> {
    this.socket ??= createClient({
      url: `${this.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: this.authorization },
      retryAttempts: 0,
    })
    const results = this.socket.iterate<Data>({ query: document.toString(), variables })
    return async () => {
      const result = await results.next()
      if (result.done || result.value.data == null)
        throw new Error(`The subscription ended: ${JSON.stringify(result.value?.errors ?? 'by the server')}`)
      return result.value.data
    }
  }

  close(): void {
    void this.socket?.dispose()
  }

  private async post<Data, Variables>(document: Document<Data, Variables>, variables: Variables) {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: this.authorization },
      body: JSON.stringify({ query: document.toString(), variables }),
    })
    return { status: response.status, answer: (await response.json()) as GraphQLResponse<Data> }
  }
}
