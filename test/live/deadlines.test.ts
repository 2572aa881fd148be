import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Deadlines } from '../../src/live/deadlines.ts'

type Step =
  | { readonly kind: 'set'; readonly item: number; readonly at: number }
  | { readonly kind: 'delete'; readonly item: number }
  | { readonly kind: 'take'; readonly now: number }

const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), item: fc.nat(9), at: fc.nat(50) }),
  fc.record({ kind: fc.constant('delete' as const), item: fc.nat(9) }),
  fc.record({ kind: fc.constant('take' as const), now: fc.nat(50) }),
)

describe('deadlines', () => {
  it('are due in order, each once, at the time that was set last', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps: Step[]) => {
        const deadlines = new Deadlines<number>()
        const model = new Map<number, number>()
        for (const one of steps) {
          if (one.kind === 'set') {
            deadlines.set(one.item, one.at)
            model.set(one.item, one.at)
          } else if (one.kind === 'delete') {
            deadlines.delete(one.item)
            model.delete(one.item)
          } else {
            const due = [...model].filter(([, at]) => at <= one.now).sort((a, b) => a[1] - b[1])
            const taken = deadlines.takeDue(one.now)
            expect(taken.map((item) => model.get(item))).toEqual(due.map(([, at]) => at))
            expect(new Set(taken)).toEqual(new Set(due.map(([item]) => item)))
            for (const [item] of due) model.delete(item)
          }
          expect(deadlines.next).toBe(model.size === 0 ? null : Math.min(...model.values()))
        }
      }),
    )
  })
})
