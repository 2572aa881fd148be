// What live subscriptions cost, and how fast they deliver and end. npm run bench:live [-- --postgres]

import { fork } from 'node:child_process'
import { Session } from 'node:inspector/promises'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { App } from '../src/app.ts'
import { CreateApiKeyDocument } from '../src/generated/graphql.ts'
import { createDatabase } from '../test/support/engines.ts'
import { grouped, heading, median, ownerOf, printTable, startApp, wantedEngine } from './support/bench.ts'
import { LiveClientProcess } from './support/live-client-process.ts'
import { type LiveGroup, monotonicNow } from './support/live-messages.ts'

/** Credentials, sockets of each, and subscriptions on each socket. */
interface Shape {
  readonly credentials: number
  readonly sockets: number
  readonly perSocket: number
}

const SHAPES: readonly Shape[] = [
  { credentials: 1, sockets: 100, perSocket: 10 },
  { credentials: 1, sockets: 100, perSocket: 100 },
  { credentials: 1, sockets: 10_000, perSocket: 1 },
  { credentials: 100, sockets: 1, perSocket: 100 },
  { credentials: 100, sockets: 100, perSocket: 1 },
]
const SHAPES_WITHOUT_FEED: readonly Shape[] = [
  { credentials: 0, sockets: 0, perSocket: 0 },
  { credentials: 1, sockets: 1, perSocket: 100 },
  { credentials: 1, sockets: 20, perSocket: 100 },
  { credentials: 20, sockets: 1, perSocket: 5 },
  { credentials: 20, sockets: 1, perSocket: 100 },
]
const IDLE_MS = 10_000
const EVENTS = 5
const ANSWERS = 15
const MOST = '100000'
const LIMITS = {
  KEYTURN_MAX_CONNECTIONS: MOST,
  KEYTURN_MAX_CONNECTIONS_PER_ADDRESS: MOST,
  KEYTURN_MAX_SOCKETS: MOST,
  KEYTURN_MAX_SOCKETS_PER_ORGANIZATION: MOST,
  KEYTURN_MAX_SOCKETS_PER_CREDENTIAL: MOST,
  KEYTURN_MAX_UNAUTHENTICATED_SOCKETS: MOST,
  KEYTURN_MAX_UNAUTHENTICATED_SOCKETS_PER_ADDRESS: MOST,
  KEYTURN_MAX_SUBSCRIPTIONS: MOST,
  KEYTURN_MAX_SUBSCRIPTIONS_PER_ORGANIZATION: MOST,
  KEYTURN_MAX_SUBSCRIPTIONS_PER_CREDENTIAL: MOST,
}
/** Nobody listens there: what the service does while it has lost Redis. */
const NO_REDIS = { KEYTURN_REDIS_URL: 'redis://127.0.0.1:1' }
const QUERY = `subscription ($organizationId: ID!) {
  keyEvents(organizationId: $organizationId) { sequence type occurredAt targetId actor { kind id } }
}`

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const millisecondsBetween = (from: bigint, to: bigint) => Number(to - from) / 1e6
const countOf = ({ credentials, sockets, perSocket }: Shape) => credentials * sockets * perSocket
const until = async (holds: () => boolean) => {
  while (!holds()) await sleep(20)
}

/** An app with the subscriptions of a shape, all idle. */
const openShape = async (shape: Shape, app: App) => {
  const { caller, organizationId, secret } = await ownerOf(app)
  const url = await app.listen()
  const create = (name: string) =>
    app.parts.services.createKey.createApiKey(caller, {
      organizationId,
      name,
      grants: [{ module: 'keys', role: 'VIEWER' }],
    })
  const clients = new LiveClientProcess()
  const issued = []
  for (let number = 0; number < shape.credentials; number += 1) issued.push(await create(`subscriber ${number}`))
  const groups = issued.map(
    (key): LiveGroup => ({
      secret: key.secret,
      sockets: shape.sockets,
      subscriptionsPerSocket: shape.perSocket,
    }),
  )
  const open = async () => {
    const opened = clients.next('opened')
    clients.send({ kind: 'open', url, query: QUERY, variables: { organizationId }, groups })
    await opened
    await until(() => app.parts.live.size === countOf(shape))
    // What was begun for them has ended.
    await sleep(1_000)
  }
  return { app, caller, organizationId, url, secret, create, clients, keys: issued.map(({ key }) => key), open }
}

type Opened = Awaited<ReturnType<typeof openShape>>

/** Runs an action and resolves with the instant of the commit that it caused, as the feed learns of it. */
const commitOf = async ({ app }: Opened, type: 'KEY_CREATED' | 'KEY_REVOKED', act: () => Promise<unknown>) => {
  let at: bigint | null = null
  app.parts.feed.on([type], () => {
    at ??= monotonicNow()
  })
  await act()
  if (at === null) throw new Error(`No ${type} was announced.`)
  return at as bigint
}

/** Processor time of this process until now. */
const processorMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** The part of one core that this process takes while nothing happens. */
const idleShare = async (): Promise<number> => {
  const before = processorMs()
  const began = performance.now()
  await sleep(IDLE_MS)
  return (processorMs() - before) / (performance.now() - began)
}

/** From the commit of an event to the last of its subscribers: time, and processor time of the server. */
const measureDelivery = async (opened: Opened, shape: Shape): Promise<{ ms: number; processor: number }> => {
  const samples: number[] = []
  let processor = 0
  for (let number = 0; number < EVENTS; number += 1) {
    const counted = opened.clients.next('counted')
    opened.clients.send({ kind: 'count', events: countOf(shape) })
    await sleep(100)
    const before = processorMs()
    const committed = await commitOf(opened, 'KEY_CREATED', () => opened.create(`event ${number}`))
    samples.push(millisecondsBetween(committed, BigInt((await counted).at)))
    processor += processorMs() - before
  }
  return { ms: median(samples), processor: processor / EVENTS }
}

/** Milliseconds that creating a key takes over HTTP, for somebody who does nothing else. */
const answerMs = async ({ url, secret, organizationId, clients, app }: Opened, shape: Shape): Promise<number> => {
  const caller = new LiveClientProcess()
  const samples: number[] = []
  for (let number = -3; number < ANSWERS; number += 1) {
    const subscribed = app.parts.live.size > 0
    const counted = subscribed ? clients.next('counted') : Promise.resolve()
    if (subscribed) clients.send({ kind: 'count', events: countOf(shape) })
    await sleep(50)
    const input = {
      organizationId,
      name: `answer ${app.parts.live.size} ${number}`,
      grants: [{ module: 'keys', role: 'VIEWER' }],
    }
    const answered = caller.next('answered')
    const body = JSON.stringify({ query: CreateApiKeyDocument.toString(), variables: { input } })
    caller.send({ kind: 'post', url, secret, body })
    const { milliseconds } = await answered
    if (number >= 0) samples.push(milliseconds)
    await counted
  }
  caller.end()
  return median(samples)
}

/** From the commit of a revocation to the close of the credential's last socket: time, and processor time of the server. */
const measureClose = async (opened: Opened): Promise<{ ms: number; processor: number }> => {
  const [first] = opened.keys
  if (first === undefined) throw new Error('There is no credential to revoke.')
  const closed = opened.clients.next('closed')
  opened.clients.send({ kind: 'awaitClose' })
  const { revokeKey } = opened.app.parts.services
  const before = processorMs()
  const committed = await commitOf(opened, 'KEY_REVOKED', () => revokeKey.revoke(opened.caller, { id: first.id }))
  const { at, codes } = await closed
  if (codes.join() !== '4403') throw new Error(`Sockets were closed with ${codes.join()}.`)
  return { ms: millisecondsBetween(committed, BigInt(at)), processor: processorMs() - before }
}

const KIBIBYTE = 1024
const profiled = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  if (process.env.PROF === undefined) return work()
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: 200 })
  await session.post('Profiler.start')
  const r = await work()
  const { profile } = await session.post('Profiler.stop')
  writeFileSync(`/tmp/live/${name}.cpuprofile`, JSON.stringify(profile))
  session.disconnect()
  return r
}
const withProcessor = ({ ms, processor }: { ms: number; processor: number }) =>
  `${ms.toFixed(0)} (${processor.toFixed(0)}) ms`

const measureShape = async (shape: Shape): Promise<string[]> => {
  const database = await createDatabase('sqlite')
  const app = await startApp(database, LIMITS)
  try {
    const opened = await openShape(shape, app)
    const alone = await answerMs(opened, shape)
    const idleAlone = await profiled('alone', idleShare)
    const before = process.memoryUsage().rss
    await opened.open()
    const bytes = process.memoryUsage().rss - before
    const idle = await profiled('idle', idleShare)
    const delivery = await profiled('delivery', () => measureDelivery(opened, shape))
    const answer = await answerMs(opened, shape)
    const close = shape.credentials === 1 ? await profiled('close', () => measureClose(opened)) : null
    opened.clients.end()
    return [
      `${(idleAlone * 100).toFixed(2)} %`,
      `${(idle * 100).toFixed(2)} %`,
      `${(bytes / KIBIBYTE / countOf(shape)).toFixed(1)} KiB`,
      withProcessor(delivery),
      `${alone.toFixed(1)} ms`,
      `${(answer - alone).toFixed(1)} ms`,
      close === null ? '' : withProcessor(close),
    ]
  } finally {
    await app.close()
    await database.remove()
  }
}

/** Queries of the database per second while Redis does not answer. */
const measureWithoutFeed = async (shape: Shape): Promise<string[]> => {
  const database = await createDatabase('postgres')
  const app = await startApp(database, { ...LIMITS, ...NO_REDIS })
  let queries = 0
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = function count(this: pg.Client, ...args: never[]) {
    queries += 1
    return Reflect.apply(query, this, args)
  } as typeof query
  try {
    const opened = await openShape(shape, app)
    await opened.open()
    queries = 0
    const idle = await idleShare()
    opened.clients.end()
    return [grouped(queries / (IDLE_MS / 1_000)), `${(idle * 100).toFixed(2)} %`]
  } finally {
    pg.Client.prototype.query = query
    await app.close()
    await database.remove()
  }
}

/** Each shape in a process of its own: what one leaves in memory is not counted for the next. */
const inOwnProcess = (index: number): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), `--shape=${index}`], {
      execArgv: ['--import', 'tsx'],
    })
    child.once('message', (cells) => resolve(cells as string[]))
    child.once('exit', (code) => reject(new Error(`A measurement exited with ${code}.`)))
  })

const engine = wantedEngine()
const shapes = engine === 'sqlite' ? SHAPES : SHAPES_WITHOUT_FEED
const asked = process.argv.find((argument) => argument.startsWith('--shape='))
if (asked !== undefined) {
  const shape = shapes[Number(asked.split('=')[1])]
  if (shape === undefined) throw new Error('There is no such shape.')
  const cells = await (engine === 'sqlite' ? measureShape(shape) : measureWithoutFeed(shape))
  if (process.send === undefined) console.log(cells.join('  '))
  process.send?.(cells)
  process.disconnect?.()
} else {
  heading('Live subscriptions to the events of one organization', engine)
  const rows: string[][] = []
  for (const [index, shape] of shapes.entries()) {
    const counts = [countOf(shape), shape.credentials, shape.credentials * shape.sockets].map(grouped)
    rows.push([...counts, ...(await inOwnProcess(index))])
  }
  const heads = ['subscriptions', 'credentials', 'sockets']
  if (engine === 'postgres') printTable([...heads, 'queries a second without Redis', 'idle processor'], rows)
  else {
    console.log('In parentheses: processor time of the server.\n')
    const measured = [
      'idle processor',
      'memory each',
      'event to the last',
      'answer alone',
      'added',
      'revoked to closed',
    ]
    printTable([...heads, ...measured], rows)
  }
}
