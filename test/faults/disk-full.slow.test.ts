import { statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreateApiKeyDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { faultsOf, historyOf, sendPage } from '../support/audit-chain.ts'
import { TestClient } from '../support/client.ts'
import { createDatabase, type TestDatabase } from '../support/engines.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'

const MOST_ATTEMPTS = 3_000

describe('a server whose disk is full', { timeout: 120_000 }, () => {
  let database: TestDatabase
  let server: ServerProcess
  let secret: string
  let organizationId: string
  beforeAll(async () => {
    database = await createDatabase('sqlite')
    const first = await startServer(database)
    secret = first.first?.secret ?? ''
    organizationId = first.first?.organizationId ?? ''
    first.signal('SIGTERM')
    await first.exited
    const bytes = statSync(database.url.slice('sqlite:'.length)).size
    // The system refuses to let any of its files grow beyond this, as it does on a full disk.
    server = await startServer(database, {}, { largestFileBytes: bytes + 512 * 1024 })
  })
  afterAll(async () => {
    await server.kill()
    await database.remove()
  })

  it('refuses changes as UNAVAILABLE and the caller without a grant as FORBIDDEN, keeps what it acknowledged, and still reads', async () => {
    const owner = new TestClient(server.url, secret)
    const { createApiKey } = await owner.run(CreateApiKeyDocument, {
      input: { organizationId, name: 'without grants', grants: [] },
    })
    const acknowledged: string[] = []
    let code: unknown
    for (let attempt = 0; attempt < MOST_ATTEMPTS && code === undefined; attempt += 1) {
      const name = `key ${attempt}`
      const input = { organizationId, name, grants: [], description: 'x'.repeat(500) }
      const { data, errors } = await owner.try(CreateApiKeyDocument, { input })
      if (data?.createApiKey != null) acknowledged.push(name)
      else code = errors?.[0]?.extensions.code
    }
    expect(code).toBe('UNAVAILABLE')
    expect((await owner.run(ViewerDocument, {})).viewer.kind).toBe('USER')
    // Neither refusal can be written down.
    const stranger = owner.with(createApiKey.secret)
    const refusals = await Promise.all([
      sendPage(stranger, organizationId),
      stranger.try(CreateApiKeyDocument, { input: { organizationId, name: 'not allowed', grants: [] } }),
    ])
    expect(refusals.map(({ errors }) => errors?.[0]?.extensions)).toMatchObject([
      { code: 'FORBIDDEN', required: ['audit:viewer'] },
      { code: 'FORBIDDEN', required: ['keys:operator'] },
    ])
    await server.kill()
    server = await startServer(database)
    const history = await historyOf(new TestClient(server.url, secret), organizationId, { types: ['KEY_CREATED'] })
    const kept = history.map(({ targetName }) => targetName).filter((name) => name?.startsWith('key '))
    expect(kept).toEqual(acknowledged)
    expect(faultsOf(await historyOf(new TestClient(server.url, secret), organizationId), organizationId)).toEqual([])
  })
})
