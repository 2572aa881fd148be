interface Result {
  readonly data?: unknown
  readonly errors?: readonly unknown[] | undefined
}

interface Results<T extends Result> {
  next(): Promise<IteratorResult<T, unknown>>
  return?(value: undefined): Promise<unknown>
}

const payloads = new WeakMap<Result, string>()

/** The result as JSON, serialized once for all subscribers that share it. */
const payloadOf = (result: Result): string => {
  const known = payloads.get(result)
  if (known !== undefined) return known
  const payload = JSON.stringify(result)
  payloads.set(result, payload)
  return payload
}

/**
 * Sends the results of a subscription as `next` messages (graphql-transport-ws), and yields only what graphql-ws must
 * handle itself: results with errors, and the end. graphql-ws would serialize a shared result once for each subscriber.
 *
 * @param send resolves when the network has taken the message, so that a slow reader slows down its own subscriptions only
 */
export const sendResults = <T extends Result>(
  results: Results<T>,
  id: string,
  send: (text: string) => Promise<void>,
): AsyncIterableIterator<T, undefined> => {
  const start = `{"id":${JSON.stringify(id)},"type":"next","payload":`
  return {
    next: async () => {
      for (;;) {
        const result = await results.next()
        if (result.done) return { done: true, value: undefined }
        if (result.value.errors !== undefined) return { done: false, value: result.value }
        await send(`${start}${payloadOf(result.value)}}`)
      }
    },
    return: async () => {
      await results.return?.(undefined)
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
