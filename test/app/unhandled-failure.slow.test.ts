import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/engines.ts'
import { startServer } from '../support/server-process.ts'

const FORGETS = "process.on('SIGUSR2', () => void Promise.reject(new Error('nobody waits for this')))"

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase('sqlite')
})
afterAll(() => database.remove())

it('a failure that nothing handles is logged, and the service goes on', async () => {
  const server = await startServer(database, {
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(FORGETS)}`,
  })
  try {
    server.signal('SIGUSR2')
    await expect.poll(server.output).toMatch(/"nobody waits for this".*"A failure was not handled"/)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  } finally {
    server.signal('SIGTERM')
  }
  expect(await server.exited).toBe(0)
})
