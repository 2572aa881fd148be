import { createClient as createEventClient } from 'graphql-sse'
import { type CloseCode, createClient as createSocketClient, type Client as SocketClient } from 'graphql-ws'
import WebSocket from 'ws'
import type { TypedDocumentString } from '../../src/generated/graphql.ts'
import { MessageQueue } from './queue.ts'

export interface ResponseError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: {
    readonly code: string
    readonly required?: readonly string[]
    readonly issues?: readonly { readonly path: string; readonly message: string }[]
    readonly policy?: string
    readonly reason?: string
    readonly retryAfterSeconds?: number
    readonly requestId?: string
  }
}
export interface Result<Data> {
  readonly data?: Data | null
  readonly errors?: readonly ResponseError[]
}

type Document<Data, Variables> = Pick<TypedDocumentString<Data, Variables>, 'toString' | '__apiType'>

/** What a client library received, as the JSON that it is. */
export const received = <Data>(result: unknown): Result<Data> => result as Result<Data>

/** What a subscription says, and how its stream or socket ended. */
export interface Subscription<Data> {
  readonly results: MessageQueue<Result<Data>>
  /** Close code of the socket, or null where the stream ended by itself. */
  readonly ended: MessageQueue<{ readonly code: number | null; readonly reason: string }>
  stop(): void
}

/** A caller of a server's GraphQL API, over real connections. */
export class TestClient {
  readonly url: string
  readonly credential: string | null
  private readonly stops: (() => void)[] = []

  constructor(url: string, credential: string | null) {
    this.url = url
    this.credential = credential
  }

  with(credential: string | null): TestClient {
    return new TestClient(this.url, credential)
  }

  get headers(): Record<string, string> {
    return this.credential === null ? {} : { authorization: `Bearer ${this.credential}` }
  }

  /** What a WebSocket sends with its upgrade request. */
  get upgradeHeaders(): Record<string, string> {
    return {}
  }

  /** The whole answer to an operation in any words, errors included. */
  async send<Data = Record<string, unknown>>(
    query: string,
    variables: unknown = {},
    headers: Record<string, string> = {},
  ): Promise<Result<Data> & { readonly status: number }> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.headers, ...headers },
      body: JSON.stringify({ query, variables }),
    })
    return { ...((await response.json()) as Result<Data>), status: response.status }
  }

  /** The whole answer to an operation of schema/operations. */
  try<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Result<Data>> {
    return this.send<Data>(document.toString(), variables)
  }

  /** The data of an operation that must succeed. */
  async run<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<Data> {
    const { data, errors } = await this.try(document, variables)
    if (errors !== undefined || data == null)
      throw new Error(`The operation failed: ${JSON.stringify(errors, null, 2)}`)
    return data
  }

  /** The one error of an operation that must fail. */
  async fail<Data, Variables>(document: Document<Data, Variables>, variables: Variables): Promise<ResponseError> {
    const { data, errors } = await this.try(document, variables)
    const [error] = errors ?? []
    if (error === undefined) throw new Error(`The operation succeeded: ${JSON.stringify(data)}`)
    return error
  }

  /** A subscription over WebSocket, by graphql-ws' own client. It does not reconnect. */
  async subscribe<Data, Variables extends Record<string, unknown>>(
    document: Document<Data, Variables>,
    variables: Variables,
  ): Promise<Subscription<Data>> {
    const results = new MessageQueue<Result<Data>>()
    const ended = new MessageQueue<{ code: number | null; reason: string }>()
    const connected = withResolvers<void>()
    const { upgradeHeaders } = this
    const client: SocketClient = createSocketClient({
      url: `${this.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: class extends WebSocket {
        constructor(url: string, protocol: string) {
          super(url, protocol, { headers: upgradeHeaders })
        }
      },
      connectionParams: this.headers,
      retryAttempts: 0,
      lazy: false,
      on: {
        connected: () => connected.resolve(),
        closed: (event) => {
          const { code, reason } = event as { code: CloseCode | number; reason: string }
          connected.reject(Object.assign(new Error(`The socket closed: ${code} ${reason}`), { code }))
          ended.push({ code, reason })
        },
      },
      onNonLazyError: () => undefined,
    })
    this.stops.push(() => void client.dispose())
    await connected.promise
    const stop = client.subscribe<Data>(
      { query: document.toString(), variables },
      {
        next: (result) => results.push(received<Data>(result)),
        error: (error) => {
          if (Array.isArray(error)) results.push({ errors: error.map((one) => JSON.parse(JSON.stringify(one))) })
        },
        complete: () => ended.push({ code: null, reason: 'complete' }),
      },
    )
    return { results, ended, stop }
  }

  /** The same by server-sent events, by graphql-sse's own client. */
  subscribeByEvents<Data, Variables extends Record<string, unknown>>(
    document: Document<Data, Variables>,
    variables: Variables,
  ): Subscription<Data> {
    const results = new MessageQueue<Result<Data>>()
    const ended = new MessageQueue<{ code: number | null; reason: string }>()
    const client = createEventClient({ url: `${this.url}/graphql`, headers: this.headers, retryAttempts: 0 })
    const stop = client.subscribe<Data>(
      { query: document.toString(), variables },
      {
        next: (result) => results.push(received<Data>(result)),
        error: (error) => ended.push({ code: null, reason: String(error) }),
        complete: () => ended.push({ code: null, reason: 'complete' }),
      },
    )
    this.stops.push(() => client.dispose())
    return { results, ended, stop }
  }

  /** Ends whatever the client still holds open. */
  close(): void {
    for (const stop of this.stops.splice(0)) stop()
  }
}

const withResolvers = <T>() => {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((whenGood, whenBad) => {
    resolve = whenGood
    reject = whenBad
  })
  return { promise, resolve, reject }
}
