// Pages of keys and of events by the services of Keyturn, and the same SQL by the raw driver.

import { join } from 'node:path'
import { pino } from 'pino'
import { createApp } from '../../dist/src/app.js'
import { causeOf } from '../../dist/src/audit/caller.js'
import { readConfig } from '../../dist/src/config.js'
import { encodeCursor } from '../../dist/src/kernel/page.js'
import { replay, statementsOf } from './raw-driver.mjs'
import { offer } from './works.mjs'

const days = (count) => new Date(Date.now() + count * 86_400_000)

const KEY_FILTERS = {
  'no filter': {},
  'active keys': { status: ['ACTIVE'] },
  'expiring soon': { expiringBefore: days(30) },
  'created in a time': { createdAfter: days(-0.4), createdBefore: days(-0.2) },
  'keys of a role': { module: 'keys', role: 'OPERATOR' },
  'a search': { search: '99999' },
}

await offer(async ({ directory, secret, organizationId, what, events }) => {
  const app = await createApp({ config: readConfig(), logger: pino({ level: 'silent' }) })
  const { services, verifier } = app.parts
  const verification = await verifier.verify(secret, null)
  const { principal } = verification.verified
  const origin = { requestId: 'bench', ipAddress: '127.0.0.1', userAgent: 'bench' }
  const caller = { principal, cause: causeOf(principal, origin) }
  const keys = (filter) => () =>
    services.keyQueries.page(caller, { organizationId, kind: 'API_KEY' }, filter, null, { first: 50 })
  const page = (after) => () => services.audit.page(caller, organizationId, {}, { first: 50, after })
  const cursor = (part) => encodeCursor('audit', [Math.floor(events * part)])
  const works =
    what === 'keys'
      ? Object.fromEntries(Object.entries(KEY_FILTERS).map(([name, filter]) => [name, keys(filter)]))
      : { newest: page(undefined), 'in the middle': page(cursor(0.5)), oldest: page(cursor(0.01)) }
  const file = join(directory, 'keyturn.db')
  const all = {}
  for (const [name, work] of Object.entries(works)) {
    const { items } = await work()
    if (items.length !== 50 && name !== 'a search') throw new Error(`${name}: ${items.length} items`)
    all[name] = work
    all[`raw: ${name}`] = await replay(file, await statementsOf(work))
  }
  return all
})
