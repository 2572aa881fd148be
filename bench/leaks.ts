// What a report of 10,000 leaked texts costs, by how many of them are secrets of keys. npm run bench:leaks [-- --postgres]

import { newSecret } from '../src/kernel/secret-text.ts'
import { createDatabase } from '../test/support/engines.ts'
import { startGitHub } from '../test/support/github.ts'
import { grouped, heading, milliseconds, ownerOf, printTable, startApp, wantedEngine } from './support/bench.ts'

const FINDS = 10_000
const REAL = [0, 100, 1_000, 10_000]
const RUNS = 3
const AT_ONCE = 50

const engine = wantedEngine()
const database = await createDatabase(engine)
const github = await startGitHub()
const app = await startApp(database, { KEYTURN_LEAKS_GITHUB_KEYS_URL: github.keysUrl })
const { caller, organizationId } = await ownerOf(app)
const url = await app.listen()
let made = 0

const makeSecrets = async (count: number): Promise<string[]> => {
  const secrets: string[] = []
  while (secrets.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - secrets.length) }, () =>
      app.parts.services.createKey.createApiKey(caller, { organizationId, name: `key ${made++}`, grants: [] }),
    )
    secrets.push(...(await Promise.all(some)).map(({ secret }) => secret))
  }
  return secrets
}

/** Elapsed and processor time of one report, whose places are new. */
const report = async (secrets: readonly string[], run: number) => {
  const finds = Array.from({ length: FINDS }, (_, index) => ({
    token: secrets[index] ?? newSecret('kt', 'ak'),
    type: 'keyturn_secret',
    url: `https://github.com/example/${run}`,
    source: 'commit',
  }))
  const body = JSON.stringify(finds)
  const headers = github.headersOf(body)
  const begun = performance.now()
  const before = process.cpuUsage()
  const response = await fetch(`${url}/leaks/github`, { method: 'POST', headers, body })
  await response.arrayBuffer()
  const { user, system } = process.cpuUsage(before)
  if (response.status !== 200) throw new Error(`The report was answered with ${response.status}.`)
  return { elapsed: performance.now() - begun, processor: (user + system) / 1000 }
}

const median = (samples: readonly number[]): number => [...samples].sort((a, b) => a - b)[samples.length >> 1] ?? 0

heading('A report of 10,000 leaked texts', engine)
await report([], -1)
const rows: string[][] = []
for (const real of REAL) {
  const runs: { elapsed: number; processor: number }[] = []
  for (let run = 0; run < RUNS; run += 1) runs.push(await report(await makeSecrets(real), run))
  rows.push([
    grouped(real),
    milliseconds(median(runs.map(({ elapsed }) => elapsed))),
    milliseconds(median(runs.map(({ processor }) => processor))),
  ])
}
printTable(['secrets of keys', 'until the answer', 'processor time'], rows)
await app.close()
await github.close()
await database.remove()
