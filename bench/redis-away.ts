// What live subscriptions cost on PostgreSQL while Redis is away, and what others notice: npm run bench:redis-away

import pg from 'pg'
import { createDatabase } from '../test/support/engines.ts'
import { grouped, heading, printTable, startApp } from './support/bench.ts'
import { collectGarbage, IDLE_MS, idlePercent } from './support/live-measures.ts'
import { monotonicNow } from './support/live-messages.ts'
import { countOf, type PreparedShape, prepareShape, type Shape, sleep, WITHOUT_LIMITS } from './support/live-shape.ts'
import { percentile } from './support/percentile.ts'

/** Nothing listens there. */
const NO_REDIS = { KEYTURN_REDIS_URL: 'redis://127.0.0.1:1' }
const SHAPES: readonly Shape[] = [
  { credentials: 1, sockets: 20, perSocket: 100 },
  { credentials: 20, sockets: 1, perSocket: 5 },
  { credentials: 20, sockets: 1, perSocket: 100 },
]
const MEASURED_MS = Math.min(IDLE_MS, 20_000)
const EVENTS = 10
const INTROSPECTIONS = 500
const GOALS = { transactions: 100, core: 10, event: 2_000, introspection: 50 }

/** Committed and rolled back transactions of a database so far, as PostgreSQL counts them. */
const transactionsOf = async (url: string): Promise<number> => {
  const client = new pg.Client(url)
  await client.connect()
  // What idle connections did is counted within a second or so.
  const { rows } = await client.query(
    'SELECT xact_commit + xact_rollback AS total FROM pg_stat_database WHERE datname = current_database()',
  )
  await client.end()
  return Number(rows[0].total)
}

/** Milliseconds from the commit by another instance until the last subscriber has the event. */
const measureEvents = async (prepared: PreparedShape, shape: Shape, url: string): Promise<number[]> => {
  const samples: number[] = []
  for (let number = 0; number < EVENTS; number += 1) {
    const counted = prepared.clients.next('counted')
    prepared.clients.send({ kind: 'count', events: countOf(shape) })
    await sleep(200)
    const input = { organizationId: prepared.organizationId, name: `event ${number}`, grants: [] }
    const query = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }'
    await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${prepared.secret}` },
      body: JSON.stringify({ query, variables: { input } }),
    }).then((response) => response.json())
    const committed = monotonicNow()
    samples.push(Number(BigInt((await counted).at) - committed) / 1e6)
  }
  return samples
}

/** Milliseconds of each introspection of a secret over HTTP, one after the other. */
const measureIntrospection = async ({ url, secret }: PreparedShape): Promise<number[]> => {
  const samples: number[] = []
  for (let number = 0; number < INTROSPECTIONS; number += 1) {
    const began = performance.now()
    const response = await fetch(`${url}/oauth/introspect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body: new URLSearchParams({ token: secret }),
    })
    const { active } = (await response.json()) as { active: boolean }
    if (!active) throw new Error('A valid secret is not active.')
    samples.push(performance.now() - began)
    await sleep(5)
  }
  return samples
}

const measure = async (shape: Shape): Promise<string[]> => {
  const database = await createDatabase('postgres')
  const app = await startApp(database, { ...WITHOUT_LIMITS, ...NO_REDIS })
  try {
    const prepared = await prepareShape(shape, app)
    await prepared.open()
    collectGarbage()
    const [before, start] = [await transactionsOf(database.url), performance.now()]
    const core = await idlePercent(MEASURED_MS)
    const perSecond = ((await transactionsOf(database.url)) - before) / ((performance.now() - start) / 1_000)
    const introspection = percentile(await measureIntrospection(prepared), 0.99)
    const other = await startApp(database, { ...WITHOUT_LIMITS, ...NO_REDIS })
    const event = Math.max(...(await measureEvents(prepared, shape, await other.listen())))
    await other.close()
    prepared.clients.end()
    if (perSecond > GOALS.transactions || core > GOALS.core) process.exitCode = 1
    if (event > GOALS.event || introspection > GOALS.introspection) process.exitCode = 1
    const counts = [countOf(shape), shape.credentials].map(grouped)
    return [...counts, ...[perSecond, core, event, introspection].map((value) => value.toFixed(1))]
  } finally {
    await app.close()
    await database.remove()
  }
}

heading('Live subscriptions while Redis is away', 'postgres')
const rows = []
for (const shape of SHAPES) rows.push(await measure(shape))
printTable(
  ['subscriptions', 'credentials', 'transactions/s', 'of a core (%)', 'slowest event (ms)', 'introspection p99 (ms)'],
  rows,
)
console.log(`\nGoals: ${JSON.stringify(GOALS)}`)
