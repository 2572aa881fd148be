import type { App } from '../../src/app.ts'
import { CreateApiKeyDocument } from '../../src/generated/graphql.ts'
import { median } from './bench.ts'
import { LiveClientProcess } from './live-client-process.ts'
import { monotonicNow } from './live-messages.ts'
import { countOf, type PreparedShape, type Shape, sleep } from './live-shape.ts'

/** A duration, and the processor time that the server used meanwhile, in milliseconds. */
export interface Measured {
  readonly elapsedMs: number
  readonly processorMs: number
}

const EVENTS = 5
const ANSWERS = 15
const SETTLE_MS = 10_000
/** Longer than the interval of WebSocket pings. */
export const IDLE_MS = 50_000

export const millisecondsBetween = (from: bigint, to: bigint) => Number(to - from) / 1e6

/** Processor time that this process has used, in milliseconds. */
export const processorMs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** Needs `--expose-gc`. Collecting the garbage of an earlier step is no cost of being idle. */
export const collectGarbage = (): void => {
  if (globalThis.gc === undefined) throw new Error('Run this with --expose-gc.')
  globalThis.gc()
}

/** Percentage of one core that this process uses while nothing happens. */
export const idlePercent = async (durationMs = IDLE_MS): Promise<number> => {
  collectGarbage()
  await sleep(SETTLE_MS)
  const before = processorMs()
  const start = performance.now()
  await sleep(durationMs)
  return (100 * (processorMs() - before)) / (performance.now() - start)
}

/** Runs an action, and resolves with the instant at which the feed announced the event that it committed. */
export const commitOf = async (
  app: App,
  type: 'KEY_CREATED' | 'KEY_REVOKED',
  act: () => Promise<unknown>,
): Promise<bigint> => {
  const announced: bigint[] = []
  app.parts.feed.on([type], () => announced.push(monotonicNow()))
  await act()
  const [first] = announced
  if (first === undefined) throw new Error(`No ${type} was announced.`)
  return first
}

/** From the commit of an event until the last subscriber has received it. */
export const measureDelivery = async (prepared: PreparedShape, shape: Shape): Promise<Measured> => {
  const samples: number[] = []
  let processor = 0
  for (let number = 0; number < EVENTS; number += 1) {
    const counted = prepared.clients.next('counted')
    prepared.clients.send({ kind: 'count', events: countOf(shape) })
    await sleep(100)
    const before = processorMs()
    const committed = await commitOf(prepared.app, 'KEY_CREATED', () => prepared.create(`event ${number}`))
    samples.push(millisecondsBetween(committed, BigInt((await counted).at)))
    processor += processorMs() - before
  }
  return { elapsedMs: median(samples), processorMs: processor / EVENTS }
}

/** Milliseconds until a client that does nothing else has the response to a mutation over HTTP. */
export const measureAnswer = async (prepared: PreparedShape, shape: Shape): Promise<number> => {
  const { url, secret, organizationId, clients, app } = prepared
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

/** From the commit of a revocation until the last WebSocket of the credential has closed. */
export const measureClose = async (prepared: PreparedShape): Promise<Measured> => {
  const [first] = prepared.keys
  if (first === undefined) throw new Error('There is no credential to revoke.')
  const closed = prepared.clients.next('closed')
  prepared.clients.send({ kind: 'awaitClose' })
  const { revokeKey } = prepared.app.parts.services
  const before = processorMs()
  const committed = await commitOf(prepared.app, 'KEY_REVOKED', () =>
    revokeKey.revoke(prepared.caller, { id: first.id }),
  )
  const { at, codes } = await closed
  if (codes.join() !== '4403') throw new Error(`WebSockets were closed with ${codes.join()}.`)
  return { elapsedMs: millisecondsBetween(committed, BigInt(at)), processorMs: processorMs() - before }
}
