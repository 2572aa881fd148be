import { sequenceOf } from './sequence.ts'

/** What a graphql-ws client sends to subscribe. */
interface SubscribePayload {
  variables?: Record<string, unknown> | null | undefined
}

export interface Resumable<Payload> {
  /** Hand this very object to the transport: it sends it again on each reconnect. */
  readonly payload: Payload
  /** Wraps the sink's `next`. It drops an event that was received before, and moves `variables.after` forward. */
  sink<Value>(next: (value: Value) => void): (value: Value) => void
}

/**
 * Makes a graphql-ws payload resume, for a client that brings its own transport. A transport sends the same payload after a
 * reconnect, which repeats events or loses them; `variables.after` is changed in place as events pass through the sink, so
 * that each reconnect continues after the last of them. The document needs `$after` and `sequence`, as for `subscribe`.
 */
export const resumable = <Payload extends SubscribePayload>(payload: Payload): Resumable<Payload> => {
  const variables: Record<string, unknown> = { ...payload.variables }
  payload.variables = variables
  return {
    payload,
    sink: (next) => (value) => {
      const data = typeof value === 'object' && value !== null && 'data' in value ? value.data : null
      const sequence = sequenceOf(data)
      const { after } = variables
      if (sequence !== null) {
        if (typeof after === 'number' && sequence <= after) return
        variables.after = sequence
      }
      next(value)
    },
  }
}
