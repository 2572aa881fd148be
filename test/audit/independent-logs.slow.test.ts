import { Client } from 'pg'
import { describe, expect, it } from 'vitest'
import { CreateOrganizationDocument } from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ON_POSTGRES } from '../support/engines.ts'

/** More than there are connections. */
const WAITING = 40

describe.each(ON_POSTGRES)('the logs of organizations on %s', (engine) => {
  const app = useApp({ engine })

  it('do not wait for each other: one is appended to while another is locked and many wait for it', async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, { input: { name: 'Busy' } })
    const busy = createOrganization.organization.id
    const other = new Client(app.database.url)
    await other.connect()
    await other.query('BEGIN')
    await other.query('SELECT sequence FROM audit_heads WHERE organization_id = $1 FOR UPDATE', [busy])
    let [committed, ended] = [0, 0]
    const waiting = Promise.allSettled(
      Array.from({ length: WAITING }, async () => {
        await app.apiKey({ organizationId: busy }).finally(() => {
          ended += 1
        })
        committed += 1
      }),
    )
    const blocked = 'SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))'
    await expect.poll(async () => (await other.query(blocked)).rowCount, { timeout: 20_000 }).toBeGreaterThan(0)
    await app.apiKey()
    expect(committed).toBe(0)
    // PostgreSQL ends a wait after some seconds. It did not wait for most of them to be ended.
    expect(ended).toBeLessThan(WAITING / 2)
    await other.query('COMMIT')
    await other.end()
    // Some may have waited longer than PostgreSQL lets them.
    await waiting
    expect(committed).toBeGreaterThan(0)
  })
})
