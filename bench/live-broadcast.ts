// One event to 10,000 WebSockets, beside a broadcast by bare `ws`: npm run bench:broadcast
// [-- --credentials=N] [-- --sockets=N] [-- --rounds=N] [-- --profile]

import { grouped, heading, median, printTable } from './support/bench.ts'
import { type BroadcastContestant, openContestant, type Sample } from './support/live-contestant.ts'

const numberOf = (option: string, otherwise: number): number => {
  const argument = process.argv.find((candidate) => candidate.startsWith(`--${option}=`))
  return argument === undefined ? otherwise : Number(argument.split('=')[1])
}

const SOCKETS = numberOf('sockets', 10_000)
const CREDENTIALS = numberOf('credentials', 1)
const ROUNDS = numberOf('rounds', 15)
const WARM_UP_ROUNDS = 5

interface Contestant {
  readonly name: string
  readonly server: BroadcastContestant
  readonly samples: Sample[]
}

const shape = { credentials: CREDENTIALS, sockets: SOCKETS }
const contestants: readonly Contestant[] = [
  { name: 'Keyturn', server: await openContestant('keyturn', shape), samples: [] },
  { name: 'ws', server: await openContestant('ws', shape), samples: [] },
]

const isProfiled = process.argv.includes('--profile')

/** Every contestant in turn, so that other load on the machine affects all alike. */
const takeTurns = async (): Promise<void> => {
  // The bare server sends what Keyturn sent last.
  let text = ''
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1)
    for (const { name, server, samples } of contestants) {
      if (round === 0 && isProfiled) await server.startProfile(`broadcast-${name}`)
      const sample = await server.deliver(text)
      text = sample.text
      if (round >= 0) samples.push(sample)
    }
  if (isProfiled) for (const { server } of contestants) await server.endProfile()
}

heading(`One event to ${grouped(SOCKETS)} WebSockets of ${CREDENTIALS} credentials`, 'sqlite')
await takeTurns()
const rows: string[][] = []
for (const { name, server, samples } of contestants) {
  const { memory } = server
  const answers = await server.answers()
  if (isProfiled) await server.startProfile(`close-${name}`)
  const closed = await server.close()
  if (isProfiled) await server.endProfile()
  const figures = [
    median(samples.map(({ elapsedMs }) => elapsedMs)),
    median(samples.map(({ processorMs }) => processorMs)),
    memory.residentKib,
    memory.uncollectedKib,
    memory.heapKib,
    closed.elapsedMs,
    closed.processorMs,
  ]
  rows.push([name, ...figures.map((figure) => figure.toFixed(1)), ...answers.map((figure) => figure.toFixed(1))])
}
printTable(
  [
    '',
    'to the last (ms)',
    'its processor (ms)',
    'resident each (KiB)',
    'before a collection',
    'heap each (KiB)',
    'closed (ms)',
    'its processor (ms)',
    'mutation answered, none open (ms)',
    'mutation answered, all open (ms)',
  ],
  rows,
)
const [keyturn, bare] = contestants.map(({ samples }) => samples)
const ratioOf = (figure: (sample: Sample) => number) =>
  median((keyturn ?? []).map((sample, round) => figure(sample) / figure(bare?.[round] ?? sample))).toFixed(2)
console.log(`\nMedian of the ratios: ${ratioOf(({ elapsedMs }) => elapsedMs)} to the last, `)
console.log(`${ratioOf(({ processorMs }) => processorMs)} of processor time, the commit of the event included`)
for (const { server } of contestants) server.end()
