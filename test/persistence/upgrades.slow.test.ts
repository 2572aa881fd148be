import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AuditVerificationDocument,
  CreateProjectDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { MODEL } from '../../src/model.ts'
import { closeDataSources, openDataSources } from '../../src/persistence/data-source.ts'
import { listMigrations, migrate, revertNewest, schemaDrift } from '../../src/persistence/migrate.ts'
import { historyOf } from '../support/audit-chain.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'

/**
 * Before this migration events had no credential. To revert it loses those of the data here, which their hashes cover: for
 * events of those versions see audit/stored-events.test.ts.
 */
const CREDENTIALS = 'EventCredentials1764000200000'
const NAMES = MODEL.migrations.map(({ name }) => name)

describe.each(ENGINES)('a database with data on %s', (engine) => {
  let app: TestApp
  let secrets: { readonly valid: string; readonly revoked: string }
  let events: Awaited<ReturnType<typeof historyOf>>
  beforeAll(async () => {
    app = await boot({ engine })
    const { organizationId } = app
    const rotated = await app.apiKey({ metadata: { a: [1, true, null] }, expiresIn: 'P30D' })
    const { rotateKey } = await app.owner.run(RotateKeyDocument, { input: { id: rotated.id } })
    const revoked = await app.apiKey({ allowedIps: ['127.0.0.0/8'] })
    await app.owner.run(RevokeKeyDocument, { input: { id: revoked.id } })
    await app.owner.run(CreateProjectDocument, { input: { organizationId, name: 'Apps', slug: 'apps' } })
    await app.person('Ann', [{ module: 'keys', role: 'VIEWER' }])
    await app.stranger()
    secrets = { valid: rotateKey.secret, revoked: revoked.secret }
    events = await historyOf(app.owner, organizationId)
    await app.stop()
  })
  afterAll(() => app.database.remove())

  // From the newest backwards: what an older version does not know is lost on the way there.
  it.each(NAMES.slice(0, -1).reverse())(
    'is upgraded from %s to the newest, and everything still works',
    async (older) => {
      const sources = await openDataSources(app.database.url, MODEL)
      const newest = async () => (await listMigrations(sources)).filter(({ run }) => run).at(-1)?.name
      while ((await newest()) !== older) await revertNewest(sources)
      expect(await migrate(sources)).toEqual(NAMES.slice(NAMES.indexOf(older) + 1))
      expect(await schemaDrift(sources)).toEqual([])
      await closeDataSources(sources)

      const upgraded = await boot({ database: app.database })
      const { organizationId } = app
      const owner = upgraded.anonymous.with(app.ownerSecret)
      const refusal = async (secret: string) =>
        (await upgraded.anonymous.with(secret).try(ViewerDocument, {})).errors?.[0]?.extensions.reason
      expect(await refusal(secrets.valid)).toBeUndefined()
      expect(await refusal(secrets.revoked)).toBe('REVOKED')
      const { organization } = await owner.run(AuditVerificationDocument, { organizationId })
      expect(organization?.auditVerification?.intact).toBe(NAMES.indexOf(older) >= NAMES.indexOf(CREDENTIALS))
      const shown = await historyOf(owner, organizationId)
      expect(shown.slice(0, events.length).map(({ id, details }) => ({ id, details }))).toEqual(
        events.map(({ id, details }) => ({ id, details })),
      )
      await upgraded.stop()
    },
  )
})
