import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { App } from '../../src/app.ts'
import { createKeyturnClient } from '../../src/client/client.ts'
import { CreateApiKeyDocument, ExchangeKeyDocument, RevokeKeyDocument } from '../../src/client/documents.ts'
import { createDatabase } from '../../test/support/engines.ts'
import { milliseconds, ownerOf, printTable, startApp, wantedEngine } from '../support/bench.ts'
import { AUDIENCE } from './contenders.ts'

const SERVICES = 3
const REVOCATIONS = 100
const POLL_MS = 2
const GOAL_MS = 1_000

const started = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL')
})

const startService = async (issuer: string, key: string): Promise<string> => {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'service.ts'), issuer, AUDIENCE],
    {
      env: { ...process.env, VERIFIER_KEY: key },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  started.add(child)
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return String(line)
}

const agent = new Agent({ keepAlive: true })
const statusOf = (url: string, credential: string): Promise<number> =>
  new Promise((resolve, reject) => {
    request(url, { agent, headers: { authorization: `Bearer ${credential}` } }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
    })
      .once('error', reject)
      .end()
  })

const refusedAt = async (url: string, credential: string): Promise<number> => {
  while ((await statusOf(url, credential)) !== 401) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  return performance.now()
}

const quantile = (samples: readonly number[], share: number): number =>
  [...samples].sort((a, b) => a - b)[Math.min(samples.length - 1, Math.floor(samples.length * share))] ?? Number.NaN

const measureOn = async (app: App): Promise<Map<string, number[]>> => {
  const issuer = await app.listen()
  const { organizationId, secret } = await ownerOf(app)
  const client = createKeyturnClient({ url: `${issuer}/graphql`, credential: secret })
  const createKey = async (module: string) => {
    const input = { organizationId, name: crypto.randomUUID(), grants: [{ module, role: 'VIEWER' as const }] }
    return (await client.execute(CreateApiKeyDocument, { input })).createApiKey
  }
  const verifierKey = await createKey('tokens')
  const services = await Promise.all(Array.from({ length: SERVICES }, () => startService(issuer, verifierKey.secret)))
  const samples = new Map<string, number[]>([
    ['access token', []],
    ['secret', []],
  ])
  for (let run = 0; run < REVOCATIONS; run += 1)
    for (const [kind, of] of samples) {
      const key = await createKey('keys')
      const exchange = { input: { secret: key.secret, audience: AUDIENCE } }
      const { exchangeKey } = await client.execute(ExchangeKeyDocument, exchange)
      const credential = kind === 'secret' ? key.secret : exchangeKey.accessToken
      for (const url of services)
        if ((await statusOf(url, credential)) !== 204) throw new Error(`A service refuses a valid ${kind}.`)
      await client.execute(RevokeKeyDocument, { input: { id: key.apiKey.id } })
      // From the answer to the caller on: before it, nobody was told that the key has ended.
      const answered = performance.now()
      const ends = await Promise.all(services.map((url) => refusedAt(url, credential)))
      of.push(...ends.map((end) => end - answered))
    }
  await client.dispose()
  return samples
}

/** Milliseconds from the answer to a revocation until each of three services refuses. Returns whether p99 is under 1 s. */
export const measureRevocations = async (): Promise<boolean> => {
  const database = await createDatabase(wantedEngine())
  const app = await startApp(database, { KEYTURN_PORT: String(20_000 + (process.pid % 20_000)) })
  try {
    const samples = await measureOn(app)
    const quantiles = [0.5, 0.99, 1]
    printTable(
      ['refused after', 'p50', 'p99', 'longest', 'refusals'],
      [...samples].map(([kind, of]) => [
        kind,
        ...quantiles.map((share) => milliseconds(quantile(of, share))),
        String(of.length),
      ]),
    )
    return [...samples.values()].every((of) => quantile(of, 0.99) < GOAL_MS)
  } finally {
    for (const child of started) child.kill('SIGTERM')
    agent.destroy()
    await app.close()
    await database.remove()
  }
}
