import { describe, expect, it } from 'vitest'
import { resumable } from '../../src/client/client.ts'

const event = (sequence: number) => ({ data: { keyEvents: { sequence } } })

describe('resumable', () => {
  it('advances after in the payload itself, and drops what was already received', () => {
    const received: unknown[] = []
    const given = { query: 'subscription', variables: { id: 'org_1', after: 3 } }
    const { payload, sink } = resumable(given)
    const next = sink((value) => received.push(value))
    for (const sequence of [3, 4, 5, 5, 4, 7]) next(event(sequence))
    expect(received).toEqual([event(4), event(5), event(7)])
    expect(payload).toBe(given)
    expect(payload.variables).toEqual({ id: 'org_1', after: 7 })
  })

  it("passes on payloads without a sequence, and does not change the caller's variables", () => {
    const received: unknown[] = []
    const variables = { after: 0 }
    const { payload, sink } = resumable({ query: 'subscription', variables })
    const next = sink((value) => received.push(value))
    for (const value of [{ errors: [] }, { data: null }, null, event(1)]) next(value)
    expect(received).toHaveLength(4)
    expect(payload.variables).toEqual({ after: 1 })
    expect(variables).toEqual({ after: 0 })
  })
})
