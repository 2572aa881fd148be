// 1,000 organizations under load at once: whether one waits for another's log. npm run bench:organizations

import type { App } from '../src/app.ts'
import { Unavailable } from '../src/kernel/errors.ts'
import { newId } from '../src/kernel/ids.ts'
import { createDatabase } from '../test/support/engines.ts'
import { grouped, heading, milliseconds, ownerOf, printTable, startApp } from './support/bench.ts'

const ORGANIZATIONS = 1_000
const CALLERS = 32
const FLOODERS = 64
const MEASURED_MS = 5_000

type Caller = Awaited<ReturnType<typeof ownerOf>>['caller']

const percentile = (samples: readonly number[], part: number): number =>
  [...samples].sort((a, b) => a - b)[Math.floor(samples.length * part)] ?? Number.NaN

let keys = 0

/** Creates keys until it is told to stop, in the organizations that are picked; returns how long each took. */
const load = (app: App, caller: Caller, callers: number, pick: () => string) => {
  const samples: number[] = []
  let running = true
  let failed = 0
  const all = Array.from({ length: callers }, async () => {
    while (running) {
      keys += 1
      const began = performance.now()
      const input = { organizationId: pick(), name: `key ${keys}`, grants: [] }
      await app.parts.services.createKey.createApiKey(caller, input).catch((error: unknown) => {
        if (!(error instanceof Unavailable)) throw error
        failed += 1
      })
      samples.push(performance.now() - began)
    }
  })
  return async () => {
    running = false
    await Promise.all(all)
    return { samples, failed }
  }
}

const during = async (stops: readonly (() => Promise<{ samples: number[]; failed: number }>)[]) => {
  await new Promise((resolve) => setTimeout(resolve, MEASURED_MS))
  return Promise.all(stops.map((stop) => stop()))
}

const database = await createDatabase('postgres')
const app = await startApp(database, { KEYTURN_MUTATIONS_PER_SECOND: '1000000' })
// Nobody is authenticated before the memberships are there: they would be cached without them.
const organizationId = app.firstStart?.organizationId
heading('Appends to the logs of many organizations', 'postgres')

/** Root organizations like the first one, with the same owner, written directly: creating one locks the table. */
const ids = Array.from({ length: ORGANIZATIONS }, () => newId('organization'))
const { sources } = app.parts
const numbered = `unnest($1::text[]) WITH ORDINALITY AS made (id, number)`
for (const statement of [
  `INSERT INTO organizations (id, parent_id, ancestor_ids, name, slug, slug_scope, created_at)
   SELECT made.id, NULL, '[]', 'Organization ' || number, 'organization-' || number, 'root', created_at
   FROM organizations, ${numbered} WHERE organizations.id = $2`,
  `INSERT INTO modules (id, organization_id, name, description, built_in)
   SELECT 'mod_' || md5(made.id || name), made.id, name, description, built_in
   FROM modules, ${numbered} WHERE organization_id = $2`,
  `INSERT INTO members (id, organization_id, user_id, grants, joined_at)
   SELECT 'mem_' || md5(made.id), made.id, user_id, grants, joined_at
   FROM members, ${numbered} WHERE organization_id = $2`,
])
  await sources.writing.query(statement, [ids, organizationId])
const policyColumns = sources.writing.getMetadata('KeyPolicy').columns.map(({ databaseName }) => databaseName)
const copied = policyColumns.filter((name) => name !== 'organization_id').join(', ')
await sources.writing.query(
  `INSERT INTO key_policies (organization_id, ${copied})
   SELECT made.id, ${copied} FROM key_policies, ${numbered} WHERE organization_id = $2`,
  [ids, organizationId],
)
const { caller } = await ownerOf(app)
const [busy = '', ...others] = ids
let next = 0
const inTurn = () => {
  next += 1
  return others[next % others.length] ?? busy
}

const rowOf = (what: string, { samples, failed }: { samples: number[]; failed: number }) => [
  what,
  grouped(samples.length / (MEASURED_MS / 1_000)),
  milliseconds(percentile(samples, 0.5)),
  milliseconds(percentile(samples, 0.99)),
  String(failed),
]
await during([load(app, caller, CALLERS, inTurn)])
const [one] = await during([load(app, caller, CALLERS, () => busy)])
const [many] = await during([load(app, caller, CALLERS, inTurn)])
const [flooded, flood] = await during([load(app, caller, CALLERS, inTurn), load(app, caller, FLOODERS, () => busy)])
const none = { samples: [], failed: 0 }
printTable(
  ['load', 'keys a second', 'p50', 'p99', 'failed'],
  [
    rowOf(`${CALLERS} callers, one organization`, one ?? none),
    rowOf(`${CALLERS} callers, ${others.length} organizations in turn`, many ?? none),
    rowOf(`the same beside ${FLOODERS} callers in one more`, flooded ?? none),
    rowOf('these 64', flood ?? none),
  ],
)
await app.close()
await database.remove()
