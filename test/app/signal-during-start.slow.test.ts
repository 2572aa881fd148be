import { once } from 'node:events'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase, ON_POSTGRES, type TestDatabase } from '../support/engines.ts'
import { spawnServer, startServer } from '../support/server-process.ts'

/** The advisory lock under which instances migrate the database. */
const MIGRATION_LOCK = 0x6b657974
const POLL_MS = 50

describe.each(ON_POSTGRES)('a signal during the start, on %s', (engine) => {
  let database: TestDatabase
  let other: Client
  beforeEach(async () => {
    database = await createDatabase(engine)
    other = new Client(database.url)
    await other.connect()
  })
  afterEach(() => database.remove())

  const untilMigrationWaits = async (): Promise<void> => {
    for (;;) {
      const { rows } = await other.query(
        "SELECT 1 FROM pg_locks JOIN pg_database ON oid = database WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()",
      )
      if (rows.length > 0) return
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'completes the start, so that the first key is not lost, and exits with 0 without serving: %s',
    async (signal) => {
      await other.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
      const { child, output } = spawnServer({
        KEYTURN_PORT: '0',
        KEYTURN_DATA_DIR: database.directory,
        KEYTURN_DATABASE_URL: database.url,
        KEYTURN_MASTER_KEY: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        KEYTURN_LOG_LEVEL: 'warn',
      })
      const exited = once(child, 'close')
      await untilMigrationWaits()
      child.kill(signal)
      await other.end()
      expect(await exited).toEqual([0, null])
      expect(output()).toMatch(/kt_pk_[0-9A-Za-z]{49}/)
      expect(output()).not.toContain('serving at')

      const next = await startServer(database)
      expect(next.first).toBeNull()
      next.signal('SIGTERM')
      expect(await next.exited).toBe(0)
    },
    120_000,
  )
})
