import { afterAll, beforeAll, describe, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/engines.ts'
import { sendBadSockets } from './run/bad-sockets.ts'
import { Instances } from './run/instances.ts'
import { runFault } from './run/run-fault.ts'
import { pause, randomFor } from './run/settings.ts'

describe('one instance on SQLite', { timeout: 120_000 }, () => {
  const random = randomFor('one instance')
  let database: TestDatabase
  let instances: Instances
  beforeAll(async () => {
    database = await createDatabase('sqlite')
    instances = new Instances(database)
    await instances.start([{}])
  }, 120_000)
  afterAll(async () => {
    await instances.close()
    await database.remove()
  })

  it('keeps every promise while it is killed at random moments', async () => {
    await runFault(instances, random, async (lastsMs) => {
      for (const end = performance.now() + lastsMs; performance.now() < end; ) {
        await instances.kill(0)
        await instances.launch(0)
        await pause(random() * 1_500)
      }
    })
  })

  it('keeps every promise while it sleeps', async () => {
    await runFault(instances, random, async (lastsMs) => {
      instances.signal(0, 'SIGSTOP')
      await pause(lastsMs)
      instances.signal(0, 'SIGCONT')
    })
  })

  it('keeps every promise while sockets come and go, never read, and send half a request', async () => {
    await runFault(instances, random, async (lastsMs) => {
      const stop = sendBadSockets(instances)
      await pause(lastsMs)
      await stop()
    })
  })
})
