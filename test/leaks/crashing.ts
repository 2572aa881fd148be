import { afterEach, beforeEach } from 'vitest'
import type { TestDatabase } from '../support/engines.ts'
import { type GitHub, startGitHub } from '../support/github.ts'
import { createMigratedDatabase } from '../support/migrated-database.ts'
import type { ServerProcess } from '../support/server-process.ts'

/** What a test about killed servers has. All of it ends with the test. */
export interface Crashing {
  /** Whoever reports leaks. */
  readonly github: GitHub
  /** The database that was created last. */
  readonly database: TestDatabase
  readonly createDatabase: (engine: TestDatabase['engine']) => Promise<TestDatabase>
  /** The server, when it has started. */
  readonly started: (starting: Promise<ServerProcess>) => Promise<ServerProcess>
}

export const useCrashing = (): Crashing => {
  let github: GitHub
  let database: TestDatabase
  const servers: ServerProcess[] = []
  beforeEach(async () => {
    github = await startGitHub()
  })
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.kill()
    await github.close()
    await database.remove()
  })
  return {
    get github() {
      return github
    },
    get database() {
      return database
    },
    createDatabase: async (engine) => {
      database = await createMigratedDatabase(engine)
      return database
    },
    started: async (starting) => {
      const server = await starting
      servers.push(server)
      return server
    },
  }
}
