// Deliveries by webhook: how many a second, how late, and what idle routes cost. npm run bench:notifications [-- --postgres]

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { BY_SYSTEM } from '../src/audit/audit-event.ts'
import { keyRevoked } from '../src/audit/events/key-events.ts'
import { newId } from '../src/kernel/ids.ts'
import { NotificationRouteEntity } from '../src/notifications/notification.entity.ts'
import { createDatabase } from '../test/support/engines.ts'
import { grouped, heading, milliseconds, ownerOf, printTable, startApp, wantedEngine } from './support/bench.ts'

const EVENTS = 2_000
const EVENTS_AT_ONCE = 500
const SINGLE_EVENTS = 200
const SEVERAL_ROUTES = 10
const IDLE_ROUTES = 1_000
const IDLE_MS = 5_000
const TYPES = ['KEY_REVOKED'] as const

const engine = wantedEngine()
const database = await createDatabase(engine)
const app = await startApp(database, { KEYTURN_NOTIFICATION_ALLOWED_RANGES: '127.0.0.0/8' })
const { caller, organizationId } = await ownerOf(app)
const { services, log, sources, notifications } = app.parts

let received = 0
let onReceived: () => void = () => undefined
const receiver = createServer((request, response) => {
  request.resume().on('end', () => {
    response.end()
    received += 1
    onReceived()
  })
})
await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`

const append = (count: number) =>
  services.database.write((writer) =>
    log.appendAll(
      writer,
      organizationId,
      Array.from({ length: count }, () => ({
        cause: BY_SYSTEM,
        draft: keyRevoked(
          { id: newId('key'), name: 'bench', kind: 'API_KEY', ownerId: null },
          { reason: 'UNSPECIFIED' },
        ),
      })),
    ),
  )

const reception = (count: number): Promise<void> =>
  new Promise((resolve) => {
    const look = () => {
      if (received >= count) resolve()
    }
    onReceived = look
    look()
  })

const createRoute = () =>
  services.createRoute.create(caller, {
    organizationId,
    name: 'bench',
    target: { webhook: { url } },
    types: [...TYPES],
  })

/**
 * Deliveries a second, and the processor time of one in milliseconds: that of the receiver is in it.
 *
 * @param routes number of routes, each of which sends every event
 */
const measureThroughput = async (routes: number) => {
  received = 0
  const begun = performance.now()
  const before = process.cpuUsage()
  // As many deliveries for any number of routes.
  const [events, atOnce] = [EVENTS / routes, EVENTS_AT_ONCE / routes]
  for (let appended = 0; appended < events; appended += atOnce) await append(atOnce)
  await reception(EVENTS)
  const { user, system } = process.cpuUsage(before)
  return { perSecond: EVENTS / ((performance.now() - begun) / 1000), processor: (user + system) / 1000 / EVENTS }
}

/** Milliseconds from events to their receipt by the last of the routes, shortest first. */
const measureDelays = async (routes: number): Promise<number[]> => {
  const delays: number[] = []
  for (let event = 0; event < SINGLE_EVENTS; event += 1) {
    received = 0
    const begun = performance.now()
    await append(1)
    await reception(routes)
    delays.push(performance.now() - begun)
    await pause(10)
  }
  return delays.sort((a, b) => a - b)
}

const idleLoad = async (): Promise<number> => {
  const before = process.cpuUsage()
  await pause(IDLE_MS)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / IDLE_MS
}

const addIdleRoutes = async (): Promise<void> => {
  const [sample] = await services.notificationRoutes.list(caller, organizationId)
  if (sample === undefined) throw new Error('There is no route.')
  // Of organizations of their own, each at the head of its log.
  const rows = Array.from({ length: IDLE_ROUTES }, () => ({
    ...sample,
    id: newId('route'),
    organizationId: newId('organization'),
  }))
  await sources.writing.manager.insert(NotificationRouteEntity, rows)
  await services.database.write(async (writer) => {
    for (const row of rows)
      await writer.query('INSERT INTO audit_heads (organization_id, sequence, hash, occurred_at) VALUES (?, ?, ?, ?)', [
        row.organizationId,
        row.position,
        '0'.repeat(64),
        new Date(0).toISOString(),
      ])
  })
}

const timeOf = async (work: () => Promise<unknown>, runs = 50): Promise<number> => {
  const begun = performance.now()
  for (let run = 0; run < runs; run += 1) await work()
  return (performance.now() - begun) / runs
}

heading('notifications', engine)
await app.listen()
await createRoute()
await measureThroughput(1)

/** The rows of the table for a number of routes. */
const measureRoutes = async (routes: number): Promise<string[][]> => {
  const { perSecond, processor } = await measureThroughput(routes)
  await notifications.workOff()
  await pause(1_000)
  const delays = await measureDelays(routes)
  const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? 0
  const name = routes === 1 ? 'one route' : `${routes} routes`
  return [
    [`deliveries per second, ${name}`, grouped(perSecond)],
    [`processor time of a delivery, ${name}`, milliseconds(processor)],
    [`event to last receipt, median, ${name}`, milliseconds(at(0.5))],
    [`event to last receipt, p99, ${name}`, milliseconds(at(0.99))],
  ]
}

const ofOneRoute = await measureRoutes(1)
const added: string[] = []
for (let made = 1; made < SEVERAL_ROUTES; made += 1) added.push((await createRoute()).route.id)
const ofSeveralRoutes = await measureRoutes(SEVERAL_ROUTES)
for (const id of added) await services.deleteRoute.delete(caller, id)
await pause(1_000)
const idleBefore = await idleLoad()
const roundBefore = await timeOf(() => notifications.work())
await addIdleRoutes()
const idleAfter = await idleLoad()
const roundAfter = await timeOf(() => notifications.work())
printTable(
  ['', 'measured'],
  [
    ...ofOneRoute,
    ...ofSeveralRoutes,
    ['load of one core, no other route', `${(idleBefore * 100).toFixed(2)} %`],
    [`load of one core, ${grouped(IDLE_ROUTES)} idle routes`, `${(idleAfter * 100).toFixed(2)} %`],
    ['one round, no other route', milliseconds(roundBefore)],
    [`one round, ${grouped(IDLE_ROUTES)} idle routes`, milliseconds(roundAfter)],
  ],
)
await app.close()
receiver.closeAllConnections()
receiver.close()
await database.remove()
