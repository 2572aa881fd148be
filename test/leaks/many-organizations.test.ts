import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AuditVerificationDocument, KeyByIdDocument, UpdateKeyPolicyDocument } from '../../src/generated/graphql.ts'
import { listPendingLeaks } from '../../src/leaks/pending-leaks.store.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { type GitHub, startGitHub } from '../support/github.ts'
import { typesOf } from '../support/history.ts'
import { suborganization } from '../support/people.ts'

/** More than a transaction holds, and enough rows for values that are stored once. */
const MANY = 270
const KEYS_AT_ONCE = 30

describe.each(ENGINES)('a report of keys of several organizations, on %s', (engine) => {
  let app: TestApp
  let github: GitHub
  beforeAll(async () => {
    github = await startGitHub()
    app = await boot({ engine, env: { KEYTURN_LEAKS_GITHUB_KEYS_URL: github.keysUrl } })
  })
  afterAll(async () => {
    await app.close()
    await github.close()
  })

  const report = (tokens: readonly string[]) => {
    const body = JSON.stringify(tokens.map((token) => ({ token, type: 'keyturn_secret', url: 'https://example.com' })))
    return fetch(`${app.url}/leaks/github`, { method: 'POST', headers: github.headersOf(body), body })
  }
  const verificationOf = async (organizationId: string) => {
    const { organization } = await app.owner.run(AuditVerificationDocument, { organizationId })
    return organization?.auditVerification
  }

  it('ends each key as the policy of its organization says, in the log of that organization, and once', async () => {
    const recording = app.organizationId
    const suspending = await suborganization(app, 'Suspending')
    const revoking = await suborganization(app, 'Revoking')
    for (const [organizationId, onLeak] of [
      [recording, 'RECORD'],
      [suspending, 'SUSPEND'],
      [revoking, 'REVOKE'],
    ] as const)
      await app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy: { onLeak } } })
    const suspended: Awaited<ReturnType<TestApp['apiKey']>>[] = []
    while (suspended.length < MANY)
      suspended.push(
        ...(await Promise.all(
          Array.from({ length: KEYS_AT_ONCE }, () => app.apiKey({ organizationId: suspending, grants: [] })),
        )),
      )
    const revoked = await app.apiKey({ organizationId: revoking })
    const recorded = await app.apiKey()
    const secrets = [recorded, ...suspended, revoked].map(({ secret }) => secret)
    // Two reports at once take the same locks in the same order.
    const answers = await Promise.all([report(secrets), report(secrets.toReversed()), report(secrets)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const { database } = app.app.parts.services
    await expect.poll(() => database.read(listPendingLeaks)).toEqual([])
    for (const [key, status, types] of [
      [suspended[0], 'SUSPENDED', ['KEY_CREATED', 'KEY_LEAKED', 'KEY_SUSPENDED']],
      [suspended.at(-1), 'SUSPENDED', ['KEY_CREATED', 'KEY_LEAKED', 'KEY_SUSPENDED']],
      [revoked, 'REVOKED', ['KEY_CREATED', 'KEY_LEAKED', 'KEY_REVOKED']],
      [recorded, 'ACTIVE', ['KEY_CREATED', 'KEY_LEAKED']],
    ] as const) {
      const id = key?.id ?? ''
      expect((await app.owner.run(KeyByIdDocument, { id })).key).toMatchObject({ status })
      expect(await typesOf(app, id)).toEqual(types)
    }
    const [stored] = await app.app.parts.services.database.read((reader) =>
      reader.query<{ leaked: string | number; keys: string | number }>(
        "SELECT COUNT(*) AS leaked, COUNT(DISTINCT target_id) AS keys FROM audit_events WHERE type = 'KEY_LEAKED'",
      ),
    )
    expect([Number(stored?.leaked), Number(stored?.keys)]).toEqual([secrets.length, secrets.length])
    for (const organizationId of [recording, suspending, revoking])
      expect(await verificationOf(organizationId)).toMatchObject({ intact: true })
  })
})
