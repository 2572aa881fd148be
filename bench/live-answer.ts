// Resident memory of answers near the limit of 8 MiB: npm run bench:answer

import { BY_SYSTEM } from '../src/audit/audit-event.ts'
import { createDatabase } from '../test/support/engines.ts'
import { heading, ownerOf, printTable, startApp } from './support/bench.ts'
import { LiveClientProcess } from './support/live-client-process.ts'
import { collectGarbage } from './support/live-measures.ts'

const EVENTS = 100
/** Changed fields of each event, 200 characters each: 100 events are about 1.9 MiB. */
const FIELDS = 90
const TEXT = 'x'.repeat(200)
/** Aliases of one list: together they are just below the limit. */
const ALIASES = 4
const CONCURRENT = [1, 4, 16]
const MEBIBYTE = 1024 * 1024
const SAMPLE_MS = 2

const database = await createDatabase('sqlite')
const app = await startApp(database)
const { caller, organizationId, secret } = await ownerOf(app)
const { services, log } = app.parts
const { key } = await services.createKey.createApiKey(caller, {
  organizationId,
  name: 'large',
  grants: [{ module: 'keys', role: 'VIEWER' }],
})
const draft = {
  type: 'KEY_UPDATED' as const,
  target: { id: key.id, name: null },
  details: {
    kind: 'API_KEY' as const,
    changes: Object.fromEntries(Array.from({ length: FIELDS }, (_, index) => [`field${index}`, TEXT])),
  },
}
const entries = Array.from({ length: EVENTS }, () => ({ cause: BY_SYSTEM, draft }))
await services.database.write((writer) => log.appendAll(writer, organizationId, entries))

const lists = Array.from(
  { length: ALIASES },
  (_, index) => `list${index}: history(first: ${EVENTS}) { edges { node { details } } }`,
)
const body = JSON.stringify({
  query: `query ($id: ID!) { key(id: $id) { ${lists.join(' ')} } }`,
  variables: { id: key.id },
})
const url = await app.listen()
collectGarbage()
const idleBytes = process.memoryUsage.rss()
const answer = await fetch(`${url}/graphql`, {
  method: 'POST',
  headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
  body,
})
const bytes = Buffer.byteLength(await answer.text())
if (bytes < 4 * MEBIBYTE) throw new Error(`The answer has only ${bytes} bytes.`)

heading(`Resident memory of an answer of ${(bytes / MEBIBYTE).toFixed(1)} MiB`, 'sqlite')
console.log(`Before the first answer: ${(idleBytes / MEBIBYTE).toFixed(0)} MiB\n`)
const rows: string[][] = []
for (const concurrent of CONCURRENT) {
  const clients = Array.from({ length: concurrent }, () => new LiveClientProcess())
  collectGarbage()
  const before = process.memoryUsage.rss()
  let peak = before
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, SAMPLE_MS)
  const start = performance.now()
  const answered = clients.map((client) => client.next('answered'))
  for (const client of clients) client.send({ kind: 'post', url, secret, body })
  await Promise.all(answered)
  const elapsed = performance.now() - start
  clearInterval(sampling)
  for (const client of clients) client.end()
  rows.push([
    String(concurrent),
    (before / MEBIBYTE).toFixed(0),
    ((peak - before) / MEBIBYTE).toFixed(0),
    ((peak - before) / MEBIBYTE / concurrent).toFixed(0),
    elapsed.toFixed(0),
  ])
}
printTable(['answers at once', 'before (MiB)', 'peak added (MiB)', 'per answer (MiB)', 'all answered (ms)'], rows)
await app.close()
await database.remove()
