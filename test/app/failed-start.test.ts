import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app.ts'
import { DenialRecorder } from '../../src/audit/denial-recorder.ts'
import { ConfigError, readConfig } from '../../src/config.ts'
import { ViewerDocument } from '../../src/generated/graphql.ts'
import { UsageRecorder } from '../../src/keys/verification/usage-recorder.ts'
import { AuditFeed } from '../../src/live/audit-feed.ts'
import { Database } from '../../src/persistence/database.ts'
import { boot } from '../support/boot.ts'
import { createDatabase, type TestDatabase } from '../support/engines.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createDatabase('sqlite')
})
afterEach(() => database.remove())

/** Records the order in which parts stop. */
const watchStops = (): string[] => {
  const stopped: string[] = []
  const watch = <Name extends string>(
    part: { readonly [Method in Name]: () => unknown },
    method: Name,
    what: string,
  ) => {
    const original = part[method]
    vi.spyOn(part as Record<string, () => unknown>, method).mockImplementation(async function (this: unknown) {
      await original.call(this)
      stopped.push(what)
    })
  }
  watch(UsageRecorder.prototype, 'stop', 'usage')
  watch(DenialRecorder.prototype, 'stop', 'denials')
  watch(AuditFeed.prototype, 'close', 'feed')
  watch(Database.prototype, 'drain', 'database')
  return stopped
}

const startWith = (masterKey: string) =>
  createApp({
    config: readConfig({
      KEYTURN_PORT: '0',
      KEYTURN_DATA_DIR: database.directory,
      KEYTURN_DATABASE_URL: database.url,
      KEYTURN_MASTER_KEY: masterKey,
    }),
    logger: pino({ level: 'silent' }),
  })

it('a failed start stops every started part in reverse order, and leaves the database usable', async () => {
  const first = await boot({ database })
  await first.stop()

  const stopped = watchStops()
  await expect(startWith(randomBytes(32).toString('base64url'))).rejects.toThrow(ConfigError)
  expect(stopped).toEqual(['usage', 'denials', 'feed', 'database'])
  vi.restoreAllMocks()

  const second = await boot({ database })
  const { viewer } = await second.anonymous.with(first.ownerSecret).run(ViewerDocument, {})
  expect(viewer.user?.email).toBe('owner@localhost')
  await second.stop()
})
