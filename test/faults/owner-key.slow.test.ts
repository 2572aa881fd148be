import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ViewerDocument } from '../../src/generated/graphql.ts'
import { MODEL } from '../../src/model.ts'
import { anyOrganization } from '../../src/organizations/organizations.store.ts'
import { closeDataSources, openDataSources } from '../../src/persistence/data-source.ts'
import { Database } from '../../src/persistence/database.ts'
import { historyOf } from '../support/audit-chain.ts'
import { TestClient } from '../support/client.ts'
import { createDatabase, type TestDatabase } from '../support/engines.ts'
import { compiled, spawnServer, startServer } from '../support/server-process.ts'

const MASTER_KEY = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

const pause = async (ms: number): Promise<false> => {
  await new Promise((resolve) => setTimeout(resolve, ms))
  return false
}

describe('an owner key that was lost', { timeout: 120_000 }, () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createDatabase('sqlite')
  })
  afterEach(() => database.remove())

  const env = () => ({
    KEYTURN_PORT: '0',
    KEYTURN_DATA_DIR: database.directory,
    KEYTURN_DATABASE_URL: database.url,
    KEYTURN_MASTER_KEY: MASTER_KEY,
  })
  const ownerKey = async (...words: string[]) => {
    const child = spawn(process.execPath, [...compiled('cli/keyturn'), 'owner-key', ...words], {
      env: { PATH: process.env.PATH ?? '', ...env() },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said = { out: '', err: '' }
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk))
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk))
    const [code] = await once(child, 'close')
    return { code: code as number, ...said }
  }

  /** Kills a first start as soon as its organization is committed. */
  const killAfterCommit = async () => {
    const { child, output } = spawnServer(env())
    const file = database.url.slice('sqlite:'.length)
    while (!existsSync(file)) await pause(5)
    const sources = await openDataSources(database.url, MODEL)
    const reader = new Database(sources)
    for (let isThere = false; !isThere; ) isThere = await reader.read(anyOrganization).catch(() => pause(5))
    child.kill('SIGKILL')
    await once(child, 'exit')
    await closeDataSources(sources)
    return output()
  }

  it('because the first start was killed behind its commit is replaced by an operator, with an event', async () => {
    await killAfterCommit()
    const server = await startServer(database)
    try {
      // The next start shows none, whether the first one could or not.
      expect(server.first).toBeNull()
      const { code, out, err } = await ownerKey()
      expect(code).toBe(0)
      const [, signInCode] = /#first-start=([A-Za-z0-9_-]{43})\n/.exec(err) ?? []
      const signedIn = await fetch(`${server.url}/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: signInCode }),
      })
      expect(signedIn.status).toBe(204)
      const owner = new TestClient(server.url, out.trim())
      const { viewer } = await owner.run(ViewerDocument, {})
      expect(viewer.user?.name).toBe('owner')
      const history = await historyOf(owner, viewer.organizations[0]?.id ?? '', { types: ['KEY_CREATED'] })
      expect(history.map(({ actor, targetId }) => [actor.kind, targetId === viewer.key?.id])).toEqual([
        ['SYSTEM', false],
        ['SYSTEM', true],
      ])
    } finally {
      await server.kill()
    }
  })

  it('is not replaced where it is in use, unless the operator insists', async () => {
    const server = await startServer(database)
    try {
      const owner = new TestClient(server.url, server.first?.secret ?? '')
      await owner.run(ViewerDocument, {})
      // Uses are written a second later.
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      const refused = await ownerKey()
      expect(refused).toMatchObject({ code: 1, out: '' })
      expect(refused.err).toContain('--force')
      const { code, out } = await ownerKey('--force')
      expect(code).toBe(0)
      expect((await new TestClient(server.url, out.trim()).run(ViewerDocument, {})).viewer.user?.name).toBe('owner')
    } finally {
      await server.kill()
    }
  })
})
