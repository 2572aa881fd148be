import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/engines.ts'
import { compiled, type ServerProcess, spawnServer, startServer } from '../support/server-process.ts'

const MASTER_KEY = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

describe('a second process on one SQLite database', { timeout: 60_000 }, () => {
  let database: TestDatabase
  let server: ServerProcess
  beforeEach(async () => {
    database = await createDatabase('sqlite')
    server = await startServer(database)
  })
  afterEach(async () => {
    await server.kill()
    await database.remove()
  })

  const env = () => ({
    KEYTURN_PORT: '0',
    KEYTURN_DATA_DIR: database.directory,
    KEYTURN_DATABASE_URL: database.url,
    KEYTURN_MASTER_KEY: MASTER_KEY,
  })

  it('does not start: it exits with 78 and names the first one, which keeps running', async () => {
    const { child, output } = spawnServer(env())
    const [code] = await once(child, 'exit')
    expect(code).toBe(78)
    expect(output()).toContain(`in use by process ${server.processId}: stop that process`)
    expect(output().trim().split('\n')).toHaveLength(1)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  })

  it('starts at once where the first one was killed', async () => {
    await server.kill()
    server = await startServer(database)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  })

  it('is no obstacle for the commands of an operator', async () => {
    for (const words of [['migrate'], ['signing-key', 'rotate']]) {
      const child = spawn(process.execPath, [...compiled('cli/keyturn'), ...words], {
        env: { PATH: process.env.PATH ?? '', ...env() },
        stdio: 'ignore',
      })
      const [code] = await once(child, 'exit')
      expect([words, code]).toEqual([words, 0])
    }
  })
})
