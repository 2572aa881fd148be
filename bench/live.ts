// What live subscriptions cost, and how fast they deliver and end: npm run bench:live
// [-- --postgres] queries without Redis; [-- --shape=N] one shape; [-- --runs=N] medians; [-- --profile] CPU profiles.

import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { createDatabase } from '../test/support/engines.ts'
import { grouped, heading, median, printTable, startApp, wantedEngine } from './support/bench.ts'
import { profiled } from './support/cpu-profile.ts'
import { collectGarbage, idlePercent, measureAnswer, measureClose, measureDelivery } from './support/live-measures.ts'
import { countOf, prepareShape, type Shape, WITHOUT_LIMITS } from './support/live-shape.ts'

const SHAPES: readonly Shape[] = [
  { credentials: 1, sockets: 100, perSocket: 10 },
  { credentials: 1, sockets: 100, perSocket: 100 },
  { credentials: 1, sockets: 10_000, perSocket: 1 },
  { credentials: 100, sockets: 1, perSocket: 100 },
  { credentials: 100, sockets: 100, perSocket: 1 },
]
const SHAPES_WITHOUT_REDIS: readonly Shape[] = [
  { credentials: 0, sockets: 0, perSocket: 0 },
  { credentials: 1, sockets: 1, perSocket: 100 },
  { credentials: 1, sockets: 20, perSocket: 100 },
  { credentials: 20, sockets: 1, perSocket: 5 },
  { credentials: 20, sockets: 1, perSocket: 100 },
]
/** Nothing listens there: the service runs as it does while Redis is unavailable. */
const NO_REDIS = { KEYTURN_REDIS_URL: 'redis://127.0.0.1:1' }
const QUERIES_MS = 10_000
const KIBIBYTE = 1024

/** The figures of one run, by column; null where a column does not apply to the shape. */
type Figures = Readonly<Record<string, number | null>>

const measureShape = async (shape: Shape): Promise<Figures> => {
  const database = await createDatabase('sqlite')
  const app = await startApp(database, WITHOUT_LIMITS)
  try {
    const prepared = await prepareShape(shape, app)
    const alone = await measureAnswer(prepared, shape)
    const idleAlone = await profiled('idle-alone', () => idlePercent())
    collectGarbage()
    const before = process.memoryUsage().rss
    await prepared.open()
    collectGarbage()
    const bytes = process.memoryUsage().rss - before
    const idle = await profiled('idle', () => idlePercent())
    const delivery = await profiled('delivery', () => measureDelivery(prepared, shape))
    const answer = await measureAnswer(prepared, shape)
    const close = shape.credentials === 1 ? await profiled('close', () => measureClose(prepared)) : null
    prepared.clients.end()
    return {
      'idle, none open (%)': idleAlone,
      'idle (%)': idle,
      'memory each (KiB)': bytes / KIBIBYTE / countOf(shape),
      'event to the last (ms)': delivery.elapsedMs,
      'processor (ms)': delivery.processorMs,
      'answer, none open (ms)': alone,
      'answer added (ms)': answer - alone,
      'revoked to closed (ms)': close?.elapsedMs ?? null,
      'its processor (ms)': close?.processorMs ?? null,
    }
  } finally {
    await app.close()
    await database.remove()
  }
}

/** Counts the queries of all PostgreSQL connections. Returns a function that reads the count, and one that stops. */
const countQueries = () => {
  let queries = 0
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = new Proxy(query, {
    apply: (target, client, args) => {
      queries += 1
      return Reflect.apply(target, client, args)
    },
  })
  return {
    count: () => queries,
    stop: () => {
      pg.Client.prototype.query = query
    },
  }
}

const measureWithoutRedis = async (shape: Shape): Promise<Figures> => {
  const database = await createDatabase('postgres')
  const app = await startApp(database, { ...WITHOUT_LIMITS, ...NO_REDIS })
  const queries = countQueries()
  try {
    const prepared = await prepareShape(shape, app)
    await prepared.open()
    const before = queries.count()
    const start = performance.now()
    const idle = await profiled('idle-without-redis', () => idlePercent(QUERIES_MS))
    const seconds = (performance.now() - start) / 1_000
    const perSecond = (queries.count() - before) / seconds
    prepared.clients.end()
    return { 'queries a second': perSecond, 'idle (%)': idle }
  } finally {
    queries.stop()
    await app.close()
    await database.remove()
  }
}

/** Runs a shape in a process of its own, so that memory of one shape does not count for the next. */
const inOwnProcess = (index: number): Promise<Figures> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), `--measure=${index}`], {
      execArgv: ['--expose-gc', '--import', 'tsx'],
    })
    child.once('message', (figures: Figures) => resolve(figures))
    child.once('exit', (code) => reject(new Error(`A measurement exited with ${code}.`)))
  })

const numberOf = (option: string): number | null => {
  const argument = process.argv.find((candidate) => candidate.startsWith(`--${option}=`))
  return argument === undefined ? null : Number(argument.split('=')[1])
}

const engine = wantedEngine()
const shapes = engine === 'sqlite' ? SHAPES : SHAPES_WITHOUT_REDIS
const measured = numberOf('measure')
if (measured !== null) {
  const shape = shapes[measured]
  if (shape === undefined) throw new Error('Unknown shape.')
  process.send?.(await (engine === 'sqlite' ? measureShape(shape) : measureWithoutRedis(shape)))
  process.disconnect?.()
} else {
  heading('Live subscriptions to the events of one organization', engine)
  const only = numberOf('shape')
  const indices = shapes.map((_, index) => index).filter((index) => only === null || index === only)
  const runs = new Map(indices.map((index): [number, Figures[]] => [index, []]))
  // Interleaved, so that other load on the machine affects all shapes alike.
  for (let run = 0; run < (numberOf('runs') ?? 1); run += 1)
    for (const index of indices) runs.get(index)?.push(await inOwnProcess(index))
  const rows = [...runs].map(([index, figures]) => {
    const shape = shapes[index] ?? { credentials: 0, sockets: 0, perSocket: 0 }
    const cells = Object.keys(figures[0] ?? {}).map((column) => {
      const values = figures.map((one) => one[column]).filter((value) => typeof value === 'number')
      return values.length === 0 ? '' : median(values).toFixed(2)
    })
    return [...[countOf(shape), shape.credentials, shape.credentials * shape.sockets].map(grouped), ...cells]
  })
  const [first] = [...runs.values()].flat()
  printTable(['subscriptions', 'credentials', 'sockets', ...Object.keys(first ?? {})], rows)
}
