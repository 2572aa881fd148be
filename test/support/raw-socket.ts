import WebSocket from 'ws'
import type { Result } from './client.ts'
import { MessageQueue } from './queue.ts'

export interface SocketMessage {
  readonly type: string
  readonly id?: string
  readonly payload?: unknown
}

/** A WebSocket that says what a test wants it to, well-behaved or not. */
export interface RawSocket {
  readonly messages: MessageQueue<SocketMessage>
  /** How the socket closed, or with which status its upgrade was refused. */
  readonly ended: MessageQueue<{ readonly code: number; readonly reason: string }>
  send(message: object | string | Buffer): void
  /** Sends the connection-init and waits for its acknowledgement. */
  init(payload?: Record<string, unknown>): Promise<void>
  /** The only answer to an operation; a refusal of all of it reads as its errors. */
  ask<Data = Record<string, unknown>>(query: string, variables?: Record<string, unknown>): Promise<Result<Data>>
  close(): void
}

/** Opens a WebSocket to a server's GraphQL API and waits until it is open, or refused. */
export const openSocket = async (url: string, headers: Record<string, string> = {}): Promise<RawSocket> => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers })
  const messages = new MessageQueue<SocketMessage>()
  const ended = new MessageQueue<{ code: number; reason: string }>()
  socket.on('message', (data) => messages.push(JSON.parse(String(data))))
  socket.on('close', (code, reason) => ended.push({ code, reason: String(reason) }))
  await new Promise<void>((resolve) => {
    socket.once('open', () => resolve())
    socket.on('unexpected-response', (request, response) => {
      ended.push({ code: response.statusCode ?? 0, reason: response.statusMessage ?? '' })
      request.destroy()
      resolve()
    })
    // What goes wrong after the opening shows in how the socket closes.
    socket.on('error', () => resolve())
  })
  const send = (message: object | string | Buffer) =>
    socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message))
  let asked = 0
  return {
    messages,
    ended,
    send,
    init: async (payload = {}) => {
      send({ type: 'connection_init', payload })
      const { type } = await messages.take()
      if (type !== 'connection_ack') throw new Error(`The connection was answered with ${type}.`)
    },
    ask: async <Data>(query: string, variables: Record<string, unknown> = {}) => {
      asked += 1
      const id = `ask ${asked}`
      send({ type: 'subscribe', id, payload: { query, variables } })
      const { type, payload } = await messages.take()
      if (type === 'error') return { errors: payload } as Result<Data>
      const { type: after } = await messages.take()
      if (after !== 'complete') throw new Error(`The answer was followed by ${after}.`)
      return payload as Result<Data>
    },
    close: () => socket.terminate(),
  }
}
