import type { FigureRow } from '../harness/row.ts'
import { median } from '../support/bench.ts'
import { openContestant } from '../support/live-contestant.ts'

const ROUNDS = 15
const WARM_UP_ROUNDS = 5

/** One event to many WebSockets, beside a broadcast of the same message by bare `ws`. Both send in turns. */
const broadcast: FigureRow = {
  kind: 'figures',
  id: 'broadcast',
  title: 'one event to 10,000 graphql-ws subscribers of one organization, beside a broadcast by bare ws',
  measure: async ({ cleanup, quick }) => {
    const shape = { credentials: 1, sockets: quick ? 1_000 : 10_000 }
    const keyturn = await openContestant('keyturn', shape)
    cleanup.defer(() => keyturn.end())
    const bare = await openContestant('ws', shape)
    cleanup.defer(() => bare.end())
    const ratios: number[] = []
    const processorRatios: number[] = []
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
      const own = await keyturn.deliver('')
      const other = await bare.deliver(own.text)
      if (round < 0) continue
      ratios.push(own.elapsedMs / other.elapsedMs)
      processorRatios.push(own.processorMs / other.processorMs)
    }
    const [alone = Number.NaN, answered = Number.NaN] = await keyturn.answers()
    return [
      { name: 'time to the last, of bare ws', value: median(ratios), unit: 'x', atMost: 1.8 },
      { name: 'processor time, of bare ws', value: median(processorRatios), unit: 'x' },
      {
        name: 'the mutation answered, later than without subscribers',
        value: answered - alone,
        unit: 'ms',
        atMost: 20,
      },
      {
        name: 'resident memory of an idle subscriber, beyond a bare socket',
        value: keyturn.memory.residentKib - bare.memory.residentKib,
        unit: 'KiB',
        atMost: 25,
      },
    ]
  },
}

export const LIVE_ROWS = [broadcast]
