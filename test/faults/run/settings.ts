import { randomInt } from 'node:crypto'
import { availableParallelism, loadavg } from 'node:os'

/** Of a run, by the environment: `KEYTURN_FAULTS_SECONDS=60 KEYTURN_FAULTS_SEED=7 npm run test:faults`. */
export const SECONDS_PER_FAULT = Number(process.env.KEYTURN_FAULTS_SECONDS ?? 5)
const SEED = Number(process.env.KEYTURN_FAULTS_SEED ?? randomInt(2 ** 31))

export type Random = () => number

/** Numbers from 0 up to 1, the same for a seed and a name. Prints the seed, so that a run can be repeated. */
export const randomFor = (name: string): Random => {
  console.log(`${name}: KEYTURN_FAULTS_SEED=${SEED} KEYTURN_FAULTS_SECONDS=${SECONDS_PER_FAULT}`)
  let state = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, SEED >>> 0)
  // Mulberry32.
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One of several. */
export const oneOf = <T>(random: Random, items: readonly T[]): T => {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('There is nothing to choose from.')
  return item
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Processes that wait for each core beyond which delays say more about the machine than about the service. */
const OVERLOADED_PER_CORE = 4

/** Whether the machine has far more to do than it can: then nothing is concluded from how long something took. */
export const isOverloaded = (): boolean => {
  const overloaded = (loadavg()[0] ?? 0) > OVERLOADED_PER_CORE * availableParallelism()
  if (overloaded) console.warn('  The machine is overloaded: delays are not judged.')
  return overloaded
}
