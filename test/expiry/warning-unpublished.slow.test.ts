import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  ExpiryWarningsDocument,
  ListExpiryWarningsDocument,
} from '../../src/generated/graphql.ts'
import { historyOf } from '../support/audit-chain.ts'
import { TestClient } from '../support/client.ts'
import { startDyingServer } from '../support/dying-server.ts'
import { createDatabase, ENGINES, type TestDatabase } from '../support/engines.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { TRANSPORTS } from '../support/transports.ts'

describe.each(ENGINES)('a server on %s that crashes between the commit of a warning and its publication', (engine) => {
  let database: TestDatabase
  const servers: ServerProcess[] = []
  beforeAll(async () => {
    database = await createDatabase(engine)
  })
  afterAll(async () => {
    for (const server of servers) {
      await server.kill()
    }
    await database.remove()
  })
  const started = async (starting: Promise<ServerProcess>) => {
    const server = await starting
    servers.push(server)
    return server
  }

  it('has notified no one, and notifies resuming subscribers after the restart, once, by either protocol', async () => {
    const dying = await started(startDyingServer(database, 'KEY_EXPIRY_WARNING'))
    const { secret = '', organizationId = '' } = dying.first ?? {}
    const makeKey = async (owner: TestClient, name: string) => {
      const { createApiKey } = await owner.run(CreateApiKeyDocument, {
        input: { organizationId, name, grants: [], expiresIn: 'PT1H', warnBefore: ['PT3597S'] },
      })
      return createApiKey.apiKey.id
    }
    const listen = (owner: TestClient, after?: number) =>
      Promise.all(
        TRANSPORTS.map(({ open }) =>
          open(owner, ExpiryWarningsDocument, { organizationId, ...(after === undefined ? {} : { after }) }),
        ),
      )
    const waiting = new TestClient(dying.url, secret)
    const before = await listen(waiting)
    const unpublished = await makeKey(waiting, 'unpublished')
    expect(await dying.exited).toBeNull()
    for (const { results, ended } of before) {
      await ended.take()
      expect(results.pending).toEqual([])
    }
    waiting.close()

    const back = await started(startServer(database))
    const owner = new TestClient(back.url, secret)
    const created = (await historyOf(owner, organizationId, { types: ['KEY_CREATED'] })).at(-1)
    expect(created?.targetId).toBe(unpublished)
    const after = created?.sequence ?? 0
    const listening = await listen(owner, after)
    const next = await makeKey(owner, 'next')
    const heard = await Promise.all(
      listening.map(async ({ results }) => {
        const taken = (await results.takeMany(2, 15_000)).map(({ data }) => data?.expiryWarnings)
        expect(results.pending).toEqual([])
        return taken.map((warning) => [warning?.key.id, warning?.sequence, warning?.threshold])
      }),
    )
    const told = await historyOf(owner, organizationId, { types: ['KEY_EXPIRY_WARNING'] })
    expect(told.map(({ targetId }) => targetId)).toEqual([unpublished, next])
    expect(told[0]?.sequence).toBe(after + 1)
    for (const one of heard) expect(one).toEqual(told.map(({ targetId, sequence }) => [targetId, sequence, 'PT3597S']))
    const { organization } = await owner.run(ListExpiryWarningsDocument, { organizationId })
    expect(organization?.expiryWarnings?.edges.map(({ node }) => node.key.id)).toEqual([next, unpublished])
    owner.close()
  }, 60_000)
})
