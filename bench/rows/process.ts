import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { hashSecret, newSecret } from '../../src/kernel/secret-text.ts'
import { dataSet, type Filling, idSql, instantSql, multiply } from '../harness/datasets.ts'
import { keyturnEnv, MAIN, startExisting } from '../harness/keyturn.ts'
import type { Figure, Row, RowContext } from '../harness/row.ts'
import { cpuSecondsOf, SERVER_CORE } from '../harness/server-process.ts'
import { median } from '../harness/statistics.ts'

const KEYS = 100_000
const ROWS_AT_ONCE = 500
const AT_ONCE = 32
const START_TIMEOUT_MS = 60_000
const KIBIBYTE = 1024
const MEGABYTE = 1e6

/** The same secrets in each run: they need not be stored. */
const secretOf = (number: number): string =>
  newSecret('kt', 'ak', createHash('sha256').update(`bench ${number}`).digest())

const idOf = (prefix: string, number: number): string =>
  `${prefix}_${number.toString(16).padStart(12, '0')}40008000000000000000`

const fillKeysWithSecrets = (count: number) => async (filling: Filling) => {
  await multiply(filling, 'keys', "kind = 'API_KEY'", count, {
    id: idSql('key'),
    name: "'key ' || n",
    active_name: "'key ' || n",
    search_text: "'key ' || n",
    created_at: instantSql('-n'),
  })
  await filling.run('BEGIN')
  for (let first = 1; first <= count; first += ROWS_AT_ONCE) {
    const numbers = Array.from({ length: Math.min(ROWS_AT_ONCE, count - first + 1) }, (_, index) => first + index)
    await filling.run(
      `INSERT INTO key_secrets (id, key_id, hash, hint, state, created_at)
       VALUES ${numbers.map(() => `(?, ?, ?, 'kt_ak_...', 'CURRENT', '2026-01-01T00:00:00.000Z')`).join(', ')}`,
      numbers.flatMap((number) => [idOf('sec', number), idOf('key', number), hashSecret(secretOf(number))]),
    )
  }
  await filling.run('COMMIT')
}

const keysOf = ({ quick }: RowContext): number => (quick ? 10_000 : KEYS)
const openKeys = (context: RowContext) =>
  dataSet(context, `${keysOf(context)}-secrets`, fillKeysWithSecrets(keysOf(context)))

/** Verifies every key once, 32 at a time. Rejects where one is not active. */
const verifyAll = async (url: string, caller: string, count: number): Promise<void> => {
  const pool = new Pool(url, { connections: AT_ONCE })
  const headers = { authorization: `Bearer ${caller}`, 'content-type': 'application/x-www-form-urlencoded' }
  let next = 1
  const verifySome = async () => {
    while (next <= count) {
      const body = `token=${secretOf(next++)}`
      const response = await pool.request({ path: '/oauth/introspect', method: 'POST', headers, body })
      const text = await response.body.text()
      if (!text.includes('"active":true')) throw new Error(text)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, verifySome))
  await pool.close()
}

const measureMemory = async (context: RowContext): Promise<readonly Figure[]> => {
  const { directory, secret } = await openKeys(context)
  const { server, url } = await startExisting(context, directory)
  const megabytes = () => (server.residentKib() * KIBIBYTE) / MEGABYTE
  const started = megabytes()
  await verifyAll(url, secret, keysOf(context))
  const cold = megabytes()
  await verifyAll(url, secret, keysOf(context))
  return [
    { name: 'after the start', value: started, unit: 'MB' },
    { name: 'after all were verified once', value: cold, unit: 'MB', atMost: 300 },
    { name: 'after all were verified twice', value: megabytes(), unit: 'MB', atMost: 300 },
    { name: 'peak', value: (server.peakResidentKib() * KIBIBYTE) / MEGABYTE, unit: 'MB' },
  ]
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

const firstAnswer = async (port: number, secret: string): Promise<void> => {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ query: '{ viewer { kind } }' })
  for (const began = performance.now(); performance.now() - began < START_TIMEOUT_MS; await sleep(2)) {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body }).catch(
      () => null,
    )
    if (response !== null && (await response.text()).includes('"kind":"USER"')) return
  }
  throw new Error('The service did not answer.')
}

/** Milliseconds from the command until a query is answered, and the processor time of its first process until then. */
const measureStart = async (directory: string, secret: string, command: readonly string[]) => {
  const port = await freePort()
  const began = performance.now()
  const child = spawn('taskset', ['-c', SERVER_CORE, ...command], {
    env: { ...process.env, NODE_ENV: 'production', ...keyturnEnv(directory), KEYTURN_PORT: String(port) },
    // A group of its own, because npm has children.
    detached: true,
    stdio: 'ignore',
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  try {
    await firstAnswer(port, secret)
    return { elapsedMs: performance.now() - began, cpuMs: cpuSecondsOf(child.pid ?? 0) * 1_000 }
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    await exited
  }
}

const measureStarts = async (context: RowContext): Promise<readonly Figure[]> => {
  const { directory, secret } = await openKeys(context)
  const byNpm: number[] = []
  const byNode: number[] = []
  const cpu: number[] = []
  // The first start of each finds nothing in the caches of the operating system.
  for (let round = -1; round < context.pace.rounds; round += 1) {
    const npm = await measureStart(directory, secret, ['npm', 'start', '--silent'])
    const node = await measureStart(directory, secret, [process.execPath, '--enable-source-maps', MAIN])
    if (round < 0) continue
    byNpm.push(npm.elapsedMs)
    byNode.push(node.elapsedMs)
    cpu.push(node.cpuMs)
  }
  return [
    { name: 'npm start to the first answer', value: median(byNpm), unit: 'ms', atMost: 1_000 },
    { name: 'node dist/src/bundle/main.js to the first answer', value: median(byNode), unit: 'ms' },
    { name: 'processor time of the latter', value: median(cpu), unit: 'ms' },
  ]
}

export const PROCESS_ROWS: readonly Row[] = [
  { kind: 'figures', id: 'start', long: true, title: 'start on an existing database', measure: measureStarts },
  { kind: 'figures', id: 'memory', long: true, title: 'memory of 100,000 verified keys', measure: measureMemory },
]
