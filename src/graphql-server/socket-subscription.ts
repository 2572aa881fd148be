import type { Failure, RequestedItems, Taker } from '../live/requested-items.ts'
import type { SocketChannel } from './socket-channel.ts'
import { createFrame, OPCODES } from './web-socket-frames.ts'

interface Result {
  readonly data?: unknown
  readonly errors?: readonly unknown[] | undefined
}

const END = Buffer.from('}')

/** A result as it is sent: serialized once, and framed once for subscribers with the same operation id. */
class SharedMessage {
  private readonly payload: Buffer
  private id: string | null = null
  private frame: Buffer

  constructor(result: Result) {
    this.payload = Buffer.from(JSON.stringify(result))
    this.frame = this.payload
  }

  /** The frame of a `next` message (graphql-transport-ws). Clients number their operations, so most ids are equal. */
  frameFor(id: string): Buffer {
    if (this.id === id) return this.frame
    const start = Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`)
    this.frame = createFrame(OPCODES.text, start, this.payload, END)
    this.id = id
    return this.frame
  }
}

const messages = new WeakMap<Result, SharedMessage>()

const messageOf = (result: Result): SharedMessage => {
  const known = messages.get(result)
  if (known !== undefined) return known
  const message = new SharedMessage(result)
  messages.set(result, message)
  return message
}

/**
 * Sends the results of a subscription as `next` messages, the next one when the network has taken the previous one, so that a
 * slow reader slows down its own subscriptions only. It yields what graphql-ws must handle itself: results with errors, and
 * the end. graphql-ws would serialize a shared result once for each subscriber.
 */
export class SentResults<T extends Result> implements AsyncIterableIterator<T, undefined>, Taker<T> {
  private readonly results: RequestedItems<T>
  private readonly id: string
  private readonly channel: Pick<SocketChannel, 'transmit' | 'whenTaken'>
  private settle: { resolve(result: IteratorResult<T, undefined>): void; reject(error: unknown): void } | null = null

  constructor(results: RequestedItems<T>, id: string, channel: Pick<SocketChannel, 'transmit' | 'whenTaken'>) {
    this.results = results
    this.id = id
    this.channel = channel
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject }
      this.results.request(this)
    })
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    await this.results.return()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  take(result: T): void {
    if (result.errors !== undefined) this.settle?.resolve({ done: false, value: result })
    else if (this.channel.transmit(messageOf(result).frameFor(this.id))) this.results.request(this)
    else this.channel.whenTaken(() => this.results.request(this))
  }

  finish(failure: Failure | null): void {
    if (failure === null) this.settle?.resolve({ done: true, value: undefined })
    else this.settle?.reject(failure.error)
  }
}
