import { parseArgs } from 'node:util'
import type { Metric, Pace } from './rounds.ts'

const FULL: Pace = { rounds: 7, seconds: 2, warmUpWindows: 8, repeats: 1 }
const QUICK: Pace = { rounds: 2, seconds: 1, warmUpWindows: 1, repeats: 0 }

export interface Options {
  readonly quick: boolean
  /** Ids of rows; all where it is empty. */
  readonly only: readonly string[]
  readonly metric: Metric
  readonly keep: boolean
  readonly list: boolean
  readonly writeDocs: boolean
  /** Profiles Keyturn instead of measuring. */
  readonly profile: boolean
  readonly pace: Pace
}

/** Parses the arguments of `npm run bench --`. */
export const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      cpu: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      'write-docs': { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      rounds: { type: 'string' },
    },
  })
  const pace = values.quick ? QUICK : FULL
  return {
    quick: values.quick,
    only: values.only.flatMap((ids) => ids.split(',')),
    metric: values.cpu ? 'cpu' : 'elapsed',
    keep: values.keep,
    list: values.list,
    writeDocs: values['write-docs'],
    profile: values.profile,
    pace: values.rounds === undefined ? pace : { ...pace, rounds: Number(values.rounds) },
  }
}
