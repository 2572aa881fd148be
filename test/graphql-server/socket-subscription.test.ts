import { describe, expect, it } from 'vitest'
import { sendResults } from '../../src/graphql-server/socket-subscription.ts'

/** A result that counts how often it is serialized. */
const countedResult = () => {
  const counted = { serialized: 0 }
  const data = {
    toJSON: () => {
      counted.serialized += 1
      return { key: 'a' }
    },
  }
  return { counted, result: { data } }
}

const streamOf = async function* <T>(...results: readonly T[]) {
  yield* results
}

describe('the results of a subscription on a WebSocket', () => {
  it('are serialized once for all subscribers that share them, each with its own id', async () => {
    const { counted, result } = countedResult()
    const sent: string[] = []
    for (const id of ['1', 'with "quotes"'])
      await sendResults(streamOf(result), id, async (text) => void sent.push(text)).next()
    expect(sent.map((text) => JSON.parse(text))).toEqual([
      { id: '1', type: 'next', payload: { data: { key: 'a' } } },
      { id: 'with "quotes"', type: 'next', payload: { data: { key: 'a' } } },
    ])
    expect(counted.serialized).toBe(1)
  })

  it('are sent in order, as fast as the client reads them', async () => {
    const taken: (() => void)[] = []
    const results = sendResults(streamOf({ data: 1 }, { data: 2 }), '1', () => new Promise((done) => taken.push(done)))
    const end = results.next()
    await expect.poll(() => taken.length).toBe(1)
    taken[0]?.()
    await expect.poll(() => taken.length).toBe(2)
    taken[1]?.()
    expect(await end).toEqual({ done: true, value: undefined })
  })

  it('with errors are sent by graphql-ws, in their order', async () => {
    const sent: string[] = []
    const failed: { data: unknown; errors: Error[] } = { data: null, errors: [new Error('denied')] }
    const results = sendResults(
      streamOf<{ data: unknown; errors?: Error[] }>({ data: 1 }, failed, { data: 2 }),
      '1',
      async (text) => void sent.push(text),
    )
    expect(await results.next()).toEqual({ done: false, value: failed })
    expect(sent).toHaveLength(1)
    expect(await results.next()).toEqual({ done: true, value: undefined })
    expect(sent).toHaveLength(2)
  })
})
