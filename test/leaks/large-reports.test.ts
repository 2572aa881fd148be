import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AuditVerificationDocument, InviteMemberDocument } from '../../src/generated/graphql.ts'
import { TARGETS_A_TRANSACTION } from '../../src/leaks/leak-batches.ts'
import { insertPendingLeaks, listPendingLeaks } from '../../src/leaks/pending-leaks.store.ts'
import { MOST_PENDING, takePending } from '../../src/leaks/pending-leaks.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { signIn } from '../support/console.ts'
import { ENGINES } from '../support/engines.ts'
import { type GitHub, startGitHub } from '../support/github.ts'
import { changesIn } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { manyKeys } from '../support/many-keys.ts'
import { deferred } from '../support/open-database.ts'
import { storedText } from '../support/stored-text.ts'
import { claimsOf, introspect, tokenIdsIn, tokenOf } from '../support/tokens.ts'

/** Two transactions. */
const MANY = TARGETS_A_TRANSACTION + 20

interface Row {
  readonly targetId: string
  readonly type: string
  readonly count: number
}

describe.each(ENGINES)('a report of more keys than a transaction ends, on %s', (engine) => {
  let app: TestApp
  let github: GitHub
  // The clock stands still, so the worker writes only when a test runs it.
  beforeAll(async () => {
    github = await startGitHub()
    app = await boot({ engine, clock: new ManualClock(), env: { KEYTURN_LEAKS_GITHUB_KEYS_URL: github.keysUrl } })
  })
  beforeEach(() => app.app.parts.leaks.work())
  afterAll(async () => {
    await app.close()
    await github.close()
  })

  const database = () => app.app.parts.services.database
  const listed = () => database().read(listPendingLeaks)
  const find = (token: string, place = 'https://example.com/notes') => ({
    token,
    type: 'keyturn_secret',
    url: `${place}?text=${token}`,
  })
  const report = (finds: readonly object[]) => {
    const body = JSON.stringify(finds)
    return fetch(`${app.url}/leaks/github`, { method: 'POST', headers: github.headersOf(body), body })
  }
  const endings = async (ids: readonly string[]): Promise<Row[]> => {
    const rows = await database().read((reader) =>
      reader.query<{ target_id: string; type: string; count: string | number }>(
        `SELECT target_id, type, COUNT(*) AS count FROM audit_events WHERE type IN ('KEY_LEAKED', 'KEY_SUSPENDED')
         GROUP BY target_id, type ORDER BY target_id, type`,
      ),
    )
    return rows
      .filter(({ target_id: id }) => ids.includes(id))
      .map(({ target_id: targetId, type, count }) => ({ targetId, type, count: Number(count) }))
  }
  const onceEach = (ids: readonly string[]): Row[] =>
    [...ids].sort().flatMap((targetId) => ['KEY_LEAKED', 'KEY_SUSPENDED'].map((type) => ({ targetId, type, count: 1 })))
  const pending = async () => {
    const metrics = await (await fetch(`${app.url}/metrics`)).text()
    return Number(/^keyturn_leaks_pending (\d+)$/m.exec(metrics)?.[1])
  }

  it('is answered when its leaks are stored, without a secret, and ends each key afterwards', async () => {
    const keys = await manyKeys(app, MANY)
    const ids = keys.map(({ id }) => id)
    const [first = { id: '', secret: '' }] = keys
    const finds = [...keys.map(({ secret }) => find(secret)), find(first.secret, 'https://example.com/other')]
    const response = await report(finds)
    expect(await response.json()).toEqual(finds.map(() => expect.objectContaining({ label: 'true_positive' })))
    expect(await endings(ids)).toEqual([])
    expect(await pending()).toBe(finds.length)
    const stored = await storedText(app)
    for (const { secret } of keys) expect(stored.includes(secret)).toBe(false)
    await app.app.parts.leaks.work()
    expect(await endings(ids)).toEqual(
      onceEach(ids).map((row) => (row.targetId === first.id && row.type === 'KEY_LEAKED' ? { ...row, count: 2 } : row)),
    )
    expect(await listed()).toEqual([])
    const { organization } = await app.owner.run(AuditVerificationDocument, { organizationId: app.organizationId })
    expect(organization?.auditVerification).toMatchObject({ intact: true })
  })

  it('that comes again while it is pending, and after it, writes nothing twice', async () => {
    const keys = await manyKeys(app, MANY)
    const finds = keys.map(({ secret }) => find(secret))
    for (const _ of [1, 2]) expect((await report(finds)).status).toBe(200)
    // Two rounds at once, as those of two instances.
    await Promise.all([app.app.parts.leaks.work(), app.app.parts.leaks.work()])
    expect((await report(finds.toReversed())).status).toBe(200)
    expect(await listed()).toEqual([])
    const ids = keys.map(({ id }) => id)
    expect(await endings(ids)).toEqual(onceEach(ids))
    expect(await listed()).toEqual([])
  })

  it('revokes access tokens, each once, and stores none of them', async () => {
    const [key = { id: '', secret: '' }] = await manyKeys(app, 1)
    const tokens: string[] = []
    while (tokens.length < MANY)
      tokens.push(...(await Promise.all(Array.from({ length: 30 }, () => tokenOf(app, key)))))
    const finds = [...tokens, ...tokens.slice(0, 5)].map((token) => find(token))
    const response = await report(finds)
    expect(await response.json()).toEqual(finds.map(() => expect.objectContaining({ label: 'true_positive' })))
    expect(await listed()).toHaveLength(2)
    const stored = await storedText(app)
    for (const token of tokens) expect(stored.includes(token)).toBe(false)
    await app.app.parts.leaks.work()
    for (const token of tokens.slice(-3)) expect(await introspect(app, token)).toEqual({ active: false })
    await report(finds)
    expect(await listed()).toEqual([])
    const ids = tokens.map((token) => String(claimsOf(token).jti)).sort()
    for (const type of ['KEY_LEAKED', 'TOKEN_REVOKED'] as const)
      expect(await database().read((reader) => tokenIdsIn(reader, type))).toEqual(ids)
  })

  it('ends invitations and sessions that it contains too', async () => {
    const { inviteMember } = await app.owner.run(InviteMemberDocument, {
      input: { organizationId: app.organizationId, email: 'ada@example.com', grants: [] },
    })
    const { cookie } = await signIn(app, (await app.person('Ann', [])).secret)
    const tokens = [inviteMember.invitationToken, cookie.slice(cookie.indexOf('=') + 1)]
    const keys = await manyKeys(app, MANY)
    await report([...tokens, ...keys.map(({ secret }) => secret)].map((token) => find(token)))
    const stored = await storedText(app)
    for (const token of tokens) expect(stored.includes(token)).toBe(false)
    for (const _ of [1, 2]) await app.app.parts.leaks.work()
    const events = await database().read((reader) =>
      reader.query<{ type: string }>(
        `SELECT type FROM audit_events WHERE details LIKE '%"reason":"leaked"%' AND details LIKE '%example.com/notes%'
         ORDER BY type`,
      ),
    )
    expect(events.map(({ type }) => type)).toEqual(['MEMBER_INVITED', 'SESSION_ENDED'])
  })

  it('is refused while too many leaks of its reporter are pending, and changes nothing', async () => {
    const others = {
      id: 'full',
      kind: 'secret',
      organizationId: null,
      reportedBy: 'GitHub',
      reportedAt: new Date(),
      requestId: null,
      ipAddress: null,
      userAgent: null,
      size: MOST_PENDING - MANY + 1,
      leaks: [],
    }
    const keys = await manyKeys(app, MANY)
    const finds = keys.map(({ secret }) => find(secret))
    await database().write((writer) => insertPendingLeaks(writer, [others]))
    const before = await changesIn(app)
    const response = await report(finds)
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '5'])
    expect(await changesIn(app)).toEqual(before)
    expect((await listed()).map(({ id }) => id)).toEqual(['full'])
    // What one transaction ends needs no room.
    expect((await report(finds.slice(0, 1))).status).toBe(200)
    expect((await endings(keys.map(({ id }) => id))).length).toBe(2)
    await app.app.parts.leaks.work()
    expect((await report(finds)).status).toBe(200)
  })

  it('is written although an older batch cannot be', async () => {
    const id = 'altered'
    await database().write((writer) =>
      writer.query(
        `INSERT INTO pending_leaks (id, kind, reported_by, reported_at, size, leaks)
         VALUES (?, 'secret', 'GitHub', '2020-01-01T00:00:00.000Z', 1, '[["x"]]')`,
        [id],
      ),
    )
    const keys = await manyKeys(app, MANY)
    await report(keys.map(({ secret }) => find(secret)))
    await app.app.parts.leaks.work()
    const ids = keys.map((key) => key.id)
    expect(await endings(ids)).toEqual(onceEach(ids))
    expect((await listed()).map((row) => row.id)).toEqual([id])
    expect(app.logged.join('\n')).toContain('Leaks of an answered report could not be written')
    await database().write((writer) => writer.query('DELETE FROM pending_leaks', []))
  })

  it.runIf(engine === 'postgres')('leaves a batch that another instance writes to it', async () => {
    const keys = await manyKeys(app, MANY)
    await report(keys.map(({ secret }) => find(secret)))
    const [taken] = await listed()
    const { promise: died, reject } = deferred()
    const { promise: begun, resolve } = deferred()
    const other = database().write(async (writer) => {
      await takePending(writer, taken?.id ?? '')
      resolve()
      await died
    })
    await begun
    await app.app.parts.leaks.work()
    expect(await listed()).toEqual([taken])
    reject(new Error('died'))
    await expect(other).rejects.toThrow('died')
    await app.app.parts.leaks.work()
    const ids = keys.map(({ id }) => id)
    expect(await endings(ids)).toEqual(onceEach(ids))
  })
})
