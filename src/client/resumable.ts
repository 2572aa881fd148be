import { sequenceOf } from './sequence.ts'

/** The payload of a subscribe message of graphql-ws. */
interface SubscribePayload {
  variables?: Record<string, unknown> | null | undefined
}

export interface Resumable<Payload> {
  /** Pass this object itself to the transport, which sends it again on each reconnect. */
  readonly payload: Payload
  /** Wraps the sink's `next`: drops events that were received before, and advances `variables.after`. */
  sink<Value>(next: (value: Value) => void): (value: Value) => void
}

/**
 * Makes a graphql-ws payload resumable, for clients with their own transport. A transport sends the same payload after each
 * reconnect, so `variables.after` is changed in place to the last event that passed the sink. The document must have `$after`
 * and `sequence`, as for `subscribe`.
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
