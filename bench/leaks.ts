// What a report of 10,000 leaked texts costs, by how many of them are secrets of keys and of how many organizations, and what
// others notice of it. npm run bench:leaks [-- --postgres]

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { newSecret } from '../src/kernel/secret-text.ts'
import { createDatabase } from '../test/support/engines.ts'
import { startGitHub } from '../test/support/github.ts'
import { grouped, heading, median, milliseconds, ownerOf, printTable, startApp, wantedEngine } from './support/bench.ts'

const FINDS = 10_000
const ORGANIZATIONS = 500
const TOKENS_OF_A_KEY = 10
const RUNS = 3
const AT_ONCE = 50
const PAUSE_OF_OTHERS_MS = 5
const PAUSE_OF_POLLS_MS = 10

const engine = wantedEngine()
const database = await createDatabase(engine)
const github = await startGitHub()
const app = await startApp(database, {
  KEYTURN_LEAKS_GITHUB_KEYS_URL: github.keysUrl,
  KEYTURN_EXCHANGES_PER_SECOND: '1000000',
})
const { caller, organizationId } = await ownerOf(app)
const { createKey, createOrganization, database: rows } = app.parts.services
const url = await app.listen()
const organizationIds = [organizationId]
for (let made = 1; made < ORGANIZATIONS; made += 1) {
  const { id } = await createOrganization.create(caller, { name: `organization ${made}`, parentId: organizationId })
  organizationIds.push(id)
}
let made = 0

const makeKey = (of: string) =>
  createKey.createApiKey(caller, { organizationId: of, name: `key ${made++}`, grants: [] })

const makeSecrets = async (count: number, organizations: number): Promise<string[]> => {
  const secrets: string[] = []
  while (secrets.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - secrets.length) }, (_, index) =>
      makeKey(organizationIds[(secrets.length + index) % organizations] ?? organizationId),
    )
    secrets.push(...(await Promise.all(some)).map(({ secret }) => secret))
  }
  return secrets
}

/** Creates keys one after the other in the same organization until it is stopped. Returns the time of the slowest. */
const otherCaller = () => {
  let stopped = false
  const slowest = (async () => {
    let longest = 0
    while (!stopped) {
      const begun = performance.now()
      await makeKey(organizationId)
      longest = Math.max(longest, performance.now() - begun)
      await setTimeout(PAUSE_OF_OTHERS_MS)
    }
    return longest
  })()
  return () => {
    stopped = true
    return slowest
  }
}

/** Resolves when everything that was reported has ended. */
const allEnded = async (): Promise<void> => {
  while ((await rows.read((reader) => reader.query('SELECT 1 FROM pending_leaks LIMIT 1'))).length > 0)
    await setTimeout(PAUSE_OF_POLLS_MS)
}

/** Access tokens, ten of each key. */
const makeTokens = async (count: number): Promise<string[]> => {
  const tokens: string[] = []
  while (tokens.length < count) {
    const { key, secret } = await makeKey(organizationId)
    const form = { grant_type: 'client_credentials', client_id: key.id, client_secret: secret }
    const exchange = async () => {
      const response = await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) })
      return ((await response.json()) as { access_token: string }).access_token
    }
    tokens.push(...(await Promise.all(Array.from({ length: TOKENS_OF_A_KEY }, exchange))))
  }
  return tokens
}

/** Times of one report, whose places are new, in milliseconds. */
const report = async (credentials: readonly string[], run: number) => {
  const finds = Array.from({ length: FINDS }, (_, index) => ({
    token: credentials[index] ?? newSecret('kt', 'ak'),
    type: 'keyturn_secret',
    url: `https://github.com/example/${run}`,
    source: 'commit',
  }))
  const body = JSON.stringify(finds)
  const headers = github.headersOf(body)
  const stopOthers = otherCaller()
  const blocked = monitorEventLoopDelay({ resolution: 1 })
  blocked.enable()
  const begun = performance.now()
  const before = process.cpuUsage()
  const response = await fetch(`${url}/leaks/github`, { method: 'POST', headers, body })
  await response.arrayBuffer()
  const answered = performance.now() - begun
  const toAnswer = process.cpuUsage(before)
  if (response.status !== 200) throw new Error(`The report was answered with ${response.status}.`)
  await allEnded()
  const ended = performance.now() - begun
  const toEnd = process.cpuUsage(before)
  blocked.disable()
  return {
    answered,
    answeredProcessor: (toAnswer.user + toAnswer.system) / 1000,
    ended,
    endedProcessor: (toEnd.user + toEnd.system) / 1000,
    blocked: blocked.max / 1e6,
    other: await stopOthers(),
  }
}

/** What is among the texts: secrets of keys by their number and that of the organizations of these keys, or access tokens. */
const SHAPES: readonly (readonly [string, () => Promise<string[]>])[] = [
  ...(
    [
      [0, 1],
      [100, 1],
      [1_000, 1],
      [FINDS, 1],
      [FINDS, ORGANIZATIONS],
    ] as const
  ).map(
    ([real, organizations]) =>
      [`${grouped(real)} secrets of ${organizations}`, () => makeSecrets(real, organizations)] as const,
  ),
  ...[500, FINDS].map((tokens) => [`${grouped(tokens)} access tokens`, () => makeTokens(tokens)] as const),
]

type Times = Awaited<ReturnType<typeof report>>

heading(`A report of ${grouped(FINDS)} leaked texts`, engine)
await report([], -1)
const table: string[][] = []
for (const [name, make] of SHAPES) {
  const runs: Times[] = []
  for (let run = 0; run < RUNS; run += 1) runs.push(await report(await make(), run))
  const column = (name: keyof Times) => milliseconds(median(runs.map((times) => times[name])))
  table.push([
    name,
    column('answered'),
    column('answeredProcessor'),
    column('ended'),
    column('endedProcessor'),
    column('blocked'),
    column('other'),
  ])
}
printTable(
  [
    'credentials, organizations',
    'to the answer',
    'processor',
    'to the last ending',
    'processor',
    'longest block',
    'slowest other creation',
  ],
  table,
)
await app.close()
await github.close()
await database.remove()
