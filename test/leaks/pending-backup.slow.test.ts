import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeBackup } from '../../src/backup/make-backup.ts'
import { restoreBackup } from '../../src/backup/restore-backup.ts'
import { KeyByIdDocument } from '../../src/generated/graphql.ts'
import { TARGETS_A_TRANSACTION } from '../../src/leaks/leak-batches.ts'
import { listPendingLeaks } from '../../src/leaks/pending-leaks.store.ts'
import { MODEL } from '../../src/model.ts'
import { boot } from '../support/boot.ts'
import { createDatabase, ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { manyKeys } from '../support/many-keys.ts'

const TOKEN = 'a-token-that-gitlab-presents'

describe.each(ENGINES)('pending leaks in a backup of %s', (engine) => {
  it('end on the database that is restored from it', async () => {
    // The clock stands still, so nothing is written here.
    const app = await boot({ engine, clock: new ManualClock(), env: { KEYTURN_LEAKS_GITLAB_TOKEN: TOKEN } })
    const target = await createDatabase('sqlite')
    try {
      const keys = await manyKeys(app, TARGETS_A_TRANSACTION + 1)
      const { status } = await fetch(`${app.url}/v1/revoke_tokens`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify(keys.map(({ secret }) => ({ type: 'keyturn', token: secret, location: 'here' }))),
      })
      expect(status).toBe(204)
      const file = join(app.database.directory, 'pending')
      await makeBackup(app.app.parts.sources, file, MODEL, new Date())
      await restoreBackup(file, target.url, MODEL)
      const restored = await boot({ database: target, env: { KEYTURN_PUBLIC_URL: app.publicUrl } })
      try {
        await expect.poll(() => restored.app.parts.services.database.read(listPendingLeaks)).toEqual([])
        const owner = restored.anonymous.with(app.ownerSecret)
        for (const { id } of [...keys.slice(0, 1), ...keys.slice(-1)])
          expect((await owner.run(KeyByIdDocument, { id })).key).toMatchObject({ status: 'SUSPENDED' })
      } finally {
        await restored.stop()
      }
    } finally {
      await target.remove()
      await app.close()
    }
  })
})
