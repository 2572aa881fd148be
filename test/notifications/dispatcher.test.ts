import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../src/kernel/ids.ts'
import { insertDeliveries } from '../../src/notifications/deliveries.store.ts'
import { Dispatcher } from '../../src/notifications/dispatcher.ts'
import type { NotificationDeliveryRow, NotificationRouteRow } from '../../src/notifications/notification.entity.ts'
import { insertRoute } from '../../src/notifications/routes.store.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { type OpenDatabase, openDatabase } from '../support/open-database.ts'

const ATTEMPTS_A_ROUTE = 16
const ATTEMPTS_AN_ORGANIZATION = 64
const ATTEMPTS_IN_ALL = 512
/** Largest number of due routes that one round reads. */
const DUE_ROUTES = 1_000
/** Sorts after every other id. */
const LAST_ID = `ntr_${'f'.repeat(32)}`

const clock = new ManualClock()

const routeOf = (organizationId: string, id = newId('route')): NotificationRouteRow => ({
  ...{ id, organizationId, name: 'route', channel: 'WEBHOOK', targetJwe: '', targetHint: '', types: [] },
  ...{ signingJwe: null, previousSigningJwe: null, previousSigningUntil: null, maximumThreshold: null },
  ...{ projectId: null, builtIn: false, enabled: true, disabledReason: null, position: 0, redeliverUntil: 0 },
  ...{ failingSince: null, createdAt: clock.now() },
})

const dueDeliveryOf = ({ id: routeId, organizationId }: NotificationRouteRow): NotificationDeliveryRow => ({
  ...{ id: newId('delivery'), routeId, organizationId, sequence: 1, eventId: null, subjectId: newId('key') },
  ...{ escalated: false, status: 'PENDING', attempts: 0, createdAt: clock.now(), nextAttemptAt: clock.now() },
  ...{ lastAttemptAt: null, deliveredAt: null, responseStatus: null, error: null, notified: null },
})

describe.each(ENGINES)('a dispatcher on %s', (engine) => {
  let open: OpenDatabase
  let dispatcher: Dispatcher
  /** The running attempts, in the order of their start: their route, and what ends them. */
  let running: { readonly routeId: string; readonly end: () => void }[]
  beforeEach(async () => {
    open = await openDatabase(engine)
    running = []
    dispatcher = new Dispatcher({
      database: open.database,
      clock,
      sender: {
        send: ({ id: routeId }) => new Promise((resolve) => running.push({ routeId, end: () => resolve([]) })),
      },
      settlements: { add: async () => undefined },
      onFree: () => undefined,
      onFault: (error) => {
        throw error
      },
    })
  })
  afterEach(async () => {
    for (const { end } of running) end()
    await dispatcher.stop()
    await open.close()
  })

  const addDue = (routes: readonly NotificationRouteRow[], deliveriesEach: number) =>
    open.database.write(async (writer) => {
      for (const route of routes) await insertRoute(writer, route)
      const rows = routes.flatMap((route) => Array.from({ length: deliveriesEach }, () => dueDeliveryOf(route)))
      await insertDeliveries(writer, rows)
    })
  const sentTo = () => running.map(({ routeId }) => routeId)

  it('gives the next attempt to the organization that has the fewest, not to those that fill all with slow receivers', async () => {
    const slow = Array.from({ length: ATTEMPTS_IN_ALL / ATTEMPTS_AN_ORGANIZATION }, () => newId('organization'))
    const routesEach = ATTEMPTS_AN_ORGANIZATION / ATTEMPTS_A_ROUTE
    const routes = slow.flatMap((id) => Array.from({ length: routesEach }, () => routeOf(id)))
    await addDue(routes, ATTEMPTS_A_ROUTE + 1)
    await addDue([routeOf(newId('organization'), LAST_ID)], 1)
    await dispatcher.dispatch()
    expect(running).toHaveLength(ATTEMPTS_IN_ALL)
    expect(sentTo()).not.toContain(LAST_ID)
    running[0]?.end()
    await expect.poll(() => dispatcher.size).toBe(ATTEMPTS_IN_ALL - 1)
    await dispatcher.dispatch()
    expect(sentTo().slice(ATTEMPTS_IN_ALL)).toEqual([LAST_ID])
  })

  it('reaches every due route, also if more are due than a round reads', async () => {
    const organizationId = newId('organization')
    const routes = Array.from({ length: DUE_ROUTES + ATTEMPTS_AN_ORGANIZATION }, () => routeOf(organizationId))
    await addDue(routes, 1)
    await addDue([routeOf(newId('organization'), LAST_ID)], 1)
    await dispatcher.dispatch()
    expect(running).toHaveLength(ATTEMPTS_AN_ORGANIZATION)
    await dispatcher.dispatch()
    expect(sentTo().slice(ATTEMPTS_AN_ORGANIZATION)).toEqual([LAST_ID])
  })
})
