import { setTimeout as sleep } from 'node:timers/promises'
import { createKey, graphqlRequest, MAIN, startKeyturn, startServer } from '../harness/keyturn.ts'
import type { Figure, Row, RowContext } from '../harness/row.ts'
import { LOAD_CORE, ServerProcess } from '../harness/server-process.ts'
import { median, ratiosByRound } from '../harness/statistics.ts'
import { WITHOUT_LIMITS } from '../support/live-shape.ts'

const SUBSCRIBERS = 10_000
const CREDENTIALS = 10
const SETTLE_MS = 3_000
const KIBIBYTE = 1024
const SERVERS = `${import.meta.dirname}/../servers`

const SUBSCRIPTION = `subscription ($organizationId: ID!) {
  keyEvents(organizationId: $organizationId) { sequence type occurredAt targetId actor { kind id } }
}`
const UPDATE = 'mutation ($input: UpdateKeyInput!) { updateKey(input: $input) { key { id } } }'

interface Times {
  /** From the request until the last subscriber has the message. */
  readonly lastMs: number
  /** From the request until its response. */
  readonly answeredMs: number
}

const startClients = async ({ cleanup }: RowContext): Promise<ServerProcess> => {
  const clients = await ServerProcess.start([`${SERVERS}/socket-clients.mjs`], { ready: /^ready$/, core: LOAD_CORE })
  cleanup.defer(() => clients.stop())
  return clients
}

const millisecondsBetween = (from: string, to: string): number => Number(BigInt(to) - BigInt(from)) / 1e6

/** A server, its subscribers, and the request that sends all of them a message. */
interface Side {
  readonly server: ServerProcess
  readonly subscribers: ServerProcess
  readonly request: object
  /** Resident memory of each subscriber, in KB. */
  readonly kilobytesEach: number
}

/** The caller is a process of its own: that of the subscribers is busy when the response arrives. */
const sendOne = async ({ subscribers, request }: Side, caller: ServerProcess, count: number): Promise<Times> => {
  await subscribers.ask({ kind: 'expect', count })
  const { sentAt, answeredAt } = await caller.ask<{ sentAt: string; answeredAt: string }>({ kind: 'post', request })
  const { lastAt } = await subscribers.ask<{ lastAt: string }>({ kind: 'await' })
  return { lastMs: millisecondsBetween(sentAt, lastAt), answeredMs: millisecondsBetween(sentAt, answeredAt) }
}

const residentAfterCollection = async (server: ServerProcess): Promise<number> => {
  server.signal('SIGUSR2')
  await sleep(SETTLE_MS)
  return server.residentKib()
}

const connect = async (
  context: RowContext,
  server: ServerProcess,
  request: object,
  sockets: { readonly url: string; readonly count: number; readonly [more: string]: unknown },
): Promise<Side> => {
  const subscribers = await startClients(context)
  const before = await residentAfterCollection(server)
  await subscribers.ask({ kind: 'open', ...sockets, query: SUBSCRIPTION })
  const kilobytesEach = (((await residentAfterCollection(server)) - before) * KIBIBYTE) / sockets.count / 1_000
  return { server, subscribers, request, kilobytesEach }
}

const COLLECTING = ['--expose-gc', '--import', `${SERVERS}/collect-garbage.mjs`]

const openKeyturn = async (context: RowContext, count: number): Promise<Side> => {
  const args = [...COLLECTING, '--enable-source-maps', MAIN]
  const keyturn = await startKeyturn(context, { args, env: WITHOUT_LIMITS })
  const { server, url, secret, organizationId } = keyturn
  const grants = [{ module: 'keys', role: 'VIEWER' }]
  const secrets: string[] = []
  for (let number = 0; number < CREDENTIALS; number += 1)
    secrets.push((await createKey(keyturn, { name: `subscriber ${number}`, grants })).secret)
  const { id } = await createKey(keyturn, { name: 'changed', grants })
  const request = graphqlRequest(url, secret, UPDATE, { input: { id, description: 'A change.' } })
  const socketUrl = `${url.replace('http', 'ws')}/graphql`
  return connect(context, server, request, { url: socketUrl, count, secrets, variables: { organizationId } })
}

const openBare = async (context: RowContext, count: number, payload: string): Promise<Side> => {
  const { server, url } = await startServer(context, 'bare-sockets.mjs', { payload }, COLLECTING)
  const request = { url, headers: {}, body: '' }
  return connect(context, server, request, { url: url.replace('http', 'ws'), count, secrets: [] })
}

const measureSubscribers = async (context: RowContext): Promise<readonly Figure[]> => {
  const count = context.quick ? 1_000 : SUBSCRIBERS
  const caller = await startClients(context)
  const keyturn = await openKeyturn(context, count)
  await sendOne(keyturn, caller, count)
  const { text } = await keyturn.subscribers.ask<{ text: string }>({ kind: 'await' })
  const bare = await openBare(context, count, text)
  const rounds: { readonly keyturn: Times; readonly bare: Times; readonly cpuMs: number }[] = []
  const { rounds: wanted } = context.pace
  for (let round = -wanted; round < wanted; round += 1) {
    const before = keyturn.server.cpuSeconds()
    const ours = await sendOne(keyturn, caller, count)
    const cpuMs = (keyturn.server.cpuSeconds() - before) * 1_000
    const limit = await sendOne(bare, caller, count)
    // The first rounds are the warm-up.
    if (round >= 0) rounds.push({ keyturn: ours, bare: limit, cpuMs })
    await sleep(200)
  }
  const last = (side: 'keyturn' | 'bare') => rounds.map((times) => times[side].lastMs)
  return [
    { name: 'request to the last subscriber', value: median(last('keyturn')), unit: 'ms' },
    { name: 'bare ws, request to the last subscriber', value: median(last('bare')), unit: 'ms' },
    {
      name: 'of the bare broadcast',
      value: median(ratiosByRound(last('keyturn'), last('bare'))),
      unit: 'times',
      atMost: 1.8,
    },
    { name: 'processor time of an event', value: median(rounds.map(({ cpuMs }) => cpuMs)), unit: 'ms' },
    {
      name: 'mutation answered',
      value: median(rounds.map((times) => times.keyturn.answeredMs)),
      unit: 'ms',
      atMost: 20,
    },
    { name: 'resident memory of a bare socket', value: bare.kilobytesEach, unit: 'KB' },
    {
      name: 'resident memory of an idle subscriber beyond the bare socket',
      value: keyturn.kilobytesEach - bare.kilobytesEach,
      unit: 'KB',
      atMost: 25,
    },
  ]
}

export const SUBSCRIBER_ROWS: readonly Row[] = [
  {
    kind: 'figures',
    id: 'subscribers',
    long: true,
    title: 'one event to 10,000 graphql-ws subscribers of one organization',
    measure: measureSubscribers,
  },
]
