// How many events a second one organization's history takes. npm run bench:events [-- --postgres]

import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { App } from '../src/app.ts'
import { findHead } from '../src/audit/audit-heads.store.ts'
import { createDatabase } from '../test/support/engines.ts'
import { grouped, heading, milliseconds, ownerOf, printTable, startApp, wantedEngine } from './support/bench.ts'

const AT_ONCE = 64
const WARM_UP_MS = 3_000
const MEASURED_MS = 8_000
/** A stream may fall behind its capacity while the service is busy; it reads on from the database. */
const CATCH_UP_MS = 30_000

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Events a second while something else makes them, and what somebody who follows the history live gets of them. */
const measure = async (app: App, organizationId: string) => {
  const { database } = app.parts.services
  const head = async () => (await database.read((reader) => findHead(reader, organizationId))).sequence
  await sleep(WARM_UP_MS)
  const first = await head()
  const stream = await app.parts.feed.follow({ organizationId, after: first })
  const began = performance.now()
  const cpuBefore = process.cpuUsage()
  let seen = first
  const following = (async () => {
    for await (const event of stream) {
      if (event.sequence !== seen + 1) throw new Error(`The stream went from ${seen} to ${event.sequence}.`)
      seen = event.sequence
    }
  })()
  await sleep(MEASURED_MS)
  const last = await head()
  const seconds = (performance.now() - began) / 1_000
  const { user, system } = process.cpuUsage(cpuBefore)
  const behind = last - seen
  const latest = performance.now() + CATCH_UP_MS
  while (seen < last && performance.now() < latest) await sleep(5)
  if (seen < last) throw new Error('The live stream did not catch up.')
  stream.end()
  await following
  return { perSecond: (last - first) / seconds, cpuMs: (user + system) / 1_000 / (last - first), behind }
}

/** Keys created through the services, as many at once as are wanted, until it is stopped. */
const createThroughServices = (
  app: App,
  caller: Awaited<ReturnType<typeof ownerOf>>['caller'],
  organizationId: string,
) => {
  const { createKey } = app.parts.services
  let running = true
  let number = 0
  const all = Array.from({ length: AT_ONCE }, async () => {
    while (running) {
      number += 1
      await createKey.createApiKey(caller, {
        organizationId,
        name: `key ${number}`,
        grants: [{ module: 'keys', role: 'VIEWER' }],
      })
    }
  })
  return async () => {
    running = false
    await Promise.all(all)
  }
}

const createOverHttp = (url: string, secret: string, organizationId: string) => {
  const file = fileURLToPath(new URL('support/http-load.ts', import.meta.url))
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', file, url, secret, organizationId, String(AT_ONCE)],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return async () => {
    if (child.exitCode !== null) throw new Error('The load ended before it was stopped.')
    child.kill('SIGTERM')
    await ended
  }
}

const engine = wantedEngine()
heading(`Keys created by ${AT_ONCE} callers at once, each with its event in one history`, engine)
const database = await createDatabase(engine)
const app = await startApp(database)
try {
  const { caller, organizationId, secret } = await ownerOf(app)
  const url = await app.listen()
  const rows: string[][] = []
  for (const [name, start] of [
    ['through the services', () => createThroughServices(app, caller, organizationId)],
    ['over HTTP, from another process', () => createOverHttp(url, secret, organizationId)],
  ] as const) {
    const stop = start()
    const { perSecond, cpuMs, behind } = await measure(app, organizationId).finally(stop)
    rows.push([name, grouped(perSecond), milliseconds(cpuMs), grouped(behind)])
  }
  printTable(['how', 'events a second', 'processor time each', 'live stream behind by'], rows)
} finally {
  await app.close()
  await database.remove()
}
