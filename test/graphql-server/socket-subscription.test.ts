import { describe, expect, it } from 'vitest'
import { SentResults } from '../../src/graphql-server/socket-subscription.ts'
import { RequestedItems, type Taker } from '../../src/live/requested-items.ts'

interface Result {
  readonly data: unknown
  readonly errors?: readonly Error[]
}

/** A result that counts how often it is serialized. */
const countedResult = (text: string) => {
  const counted = { serialized: 0 }
  const data = {
    toJSON: () => {
      counted.serialized += 1
      return { text }
    },
  }
  return { counted, result: { data } }
}

class FixedResults extends RequestedItems<Result> {
  private readonly left: Result[]

  constructor(...results: Result[]) {
    super()
    this.left = results
  }

  request(taker: Taker<Result>): void {
    const result = this.left.shift()
    if (result === undefined) taker.finish(null)
    else taker.take(result)
  }

  async return(): Promise<IteratorResult<Result, undefined>> {
    return { done: true, value: undefined }
  }
}

/** A channel whose network takes a frame at once, or when the test says so. */
const openChannel = (takesAtOnce: boolean) => {
  const frames: Buffer[] = []
  const waiting: (() => void)[] = []
  return {
    frames,
    waiting,
    transmit: (frame: Buffer) => {
      frames.push(frame)
      return takesAtOnce
    },
    whenTaken: (callback: () => void) => void waiting.push(callback),
  }
}

/** The text of an unmasked frame that is a whole message (RFC 6455, section 5.2). */
const textOf = (frame: Buffer): string => {
  expect(frame[0]).toBe(0x81)
  const [length, start] =
    frame[1] === 127
      ? [Number(frame.readBigUInt64BE(2)), 10]
      : frame[1] === 126
        ? [frame.readUInt16BE(2), 4]
        : [frame[1], 2]
  expect(frame.length).toBe(start + (length ?? Number.NaN))
  return frame.toString('utf8', start)
}

describe('the results of a subscription on a WebSocket', () => {
  it('are serialized once for all subscribers that share them, each with its own id', async () => {
    for (const length of [1, 200, 70_000]) {
      const text = 'ä'.repeat(length)
      const { counted, result } = countedResult(text)
      const channel = openChannel(true)
      const ids = ['1', '1', 'with "quotes"', '1']
      for (const id of ids) await new SentResults(new FixedResults(result), id, channel).next()
      const message = (id: string) => JSON.stringify({ id, type: 'next', payload: { data: { text } } })
      expect(channel.frames.map(textOf)).toEqual(ids.map(message))
      expect(counted.serialized).toBe(1)
    }
  })

  it('are sent in order, as fast as the client reads them', async () => {
    const channel = openChannel(false)
    const results = new SentResults(new FixedResults({ data: 1 }, { data: 2 }), '1', channel)
    const end = results.next()
    expect(channel.frames).toHaveLength(1)
    channel.waiting[0]?.()
    expect(channel.frames).toHaveLength(2)
    channel.waiting[1]?.()
    expect(await end).toEqual({ done: true, value: undefined })
  })

  it('with errors are sent by graphql-ws, in their order', async () => {
    const failed = { data: null, errors: [new Error('denied')] }
    const channel = openChannel(true)
    const results = new SentResults(new FixedResults({ data: 1 }, failed, { data: 2 }), '1', channel)
    expect(await results.next()).toEqual({ done: false, value: failed })
    expect(channel.frames).toHaveLength(1)
    expect(await results.next()).toEqual({ done: true, value: undefined })
    expect(channel.frames).toHaveLength(2)
  })
})
