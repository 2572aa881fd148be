import { describe, expect, it } from 'vitest'
import { type AuditEventType, AuditVerificationDocument } from '../../src/generated/graphql.ts'
import { listPendingLeaks } from '../../src/leaks/pending-leaks.store.ts'
import { faultsOf, historyOf } from '../support/audit-chain.ts'
import { boot } from '../support/boot.ts'
import { TestClient } from '../support/client.ts'
import { startDyingServer } from '../support/dying-server.ts'
import { ENGINES } from '../support/engines.ts'
import { manyKeys } from '../support/many-keys.ts'
import { readDatabase } from '../support/open-database.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'
import { claimsOf, tokenIdsIn, tokenOf } from '../support/tokens.ts'
import { useCrashing } from './crashing.ts'

const KEYS = 10
/** The issuer of the tokens, whatever the port of a server is. */
const ISSUER = { KEYTURN_PUBLIC_URL: 'http://127.0.0.1:0' }

const using = useCrashing()
const env = () => ({ ...ISSUER, KEYTURN_LEAKS_GITHUB_KEYS_URL: using.github.keysUrl })
const start = () => using.started(startServer(using.database, env()))
/** Starts a server that dies at the first commit of an event of the type. */
const startDying = (type: AuditEventType) => using.started(startDyingServer(using.database, type, env()))

/** A new database with access tokens of some keys, and the secrets of as many others. */
const withTokens = async (engine: 'sqlite' | 'postgres', count: number) => {
  const database = await using.createDatabase(engine)
  const app = await boot({ database, env: ISSUER })
  try {
    const keys = await manyKeys(app, KEYS)
    const tokens: string[] = []
    while (tokens.length < count) tokens.push(...(await Promise.all(keys.map((key) => tokenOf(app, key)))))
    const secrets = (await manyKeys(app, KEYS)).map(({ secret }) => secret)
    return { tokens, secrets, ownerSecret: app.ownerSecret, organizationId: app.organizationId }
  } finally {
    await app.stop()
  }
}

/** A report of texts, the same one each time, with the labels of its answer. */
const reportOf = (texts: readonly string[]) => {
  const place = { type: 'keyturn', url: 'https://example.com', source: 'content' }
  const body = JSON.stringify(texts.map((token) => ({ token, ...place })))
  return async ({ url }: ServerProcess): Promise<string[]> => {
    const response = await fetch(`${url}/leaks/github`, { method: 'POST', headers: using.github.headersOf(body), body })
    return ((await response.json()) as { label: string }[]).map(({ label }) => label)
  }
}

const activeAmong = async ({ url, headers }: TestClient, tokens: readonly string[]): Promise<string[]> => {
  const active: string[] = []
  for (const token of tokens) {
    const form = new URLSearchParams({ token })
    const response = await fetch(`${url}/oauth/introspect`, { method: 'POST', body: form, headers })
    if (((await response.json()) as { active: boolean }).active) active.push(token)
  }
  return active
}

const idsOf = (tokens: readonly string[]): string[] => tokens.map((token) => String(claimsOf(token).jti)).sort()
const revoked = () => readDatabase(using.database, (reader) => tokenIdsIn(reader, 'TOKEN_REVOKED'))

/** Every token is refused and has one event of its leak and one of its revocation, in an intact audit log. */
const expectAllOnce = async (owner: TestClient, organizationId: string, tokens: readonly string[]): Promise<void> => {
  expect(await activeAmong(owner, tokens)).toEqual([])
  expect(await revoked()).toEqual(idsOf(tokens))
  expect(await readDatabase(using.database, (reader) => tokenIdsIn(reader, 'KEY_LEAKED'))).toEqual(idsOf(tokens))
  expect(faultsOf(await historyOf(owner, organizationId), organizationId)).toEqual([])
  const { organization } = await owner.run(AuditVerificationDocument, { organizationId })
  expect(organization?.auditVerification).toMatchObject({ intact: true, firstBrokenSequence: null })
}

describe.each(ENGINES)('a report of access tokens to a server on %s that is killed', (engine) => {
  it('between two transactions of the tokens revokes each once, also where it comes again meanwhile', async () => {
    const { tokens, ownerSecret, organizationId } = await withTokens(engine, 500)
    const report = reportOf(tokens)
    const dying = await startDying('TOKEN_REVOKED')
    // It may be killed before it has answered or after.
    await report(dying).catch(() => undefined)
    expect(await dying.exited).toBeNull()
    const before = (await revoked()).length
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(tokens.length)

    const back = await start()
    expect(await report(back)).toEqual(tokens.map(() => 'true_positive'))
    await expect.poll(() => readDatabase(using.database, listPendingLeaks)).toEqual([])
    await expectAllOnce(new TestClient(back.url, ownerSecret), organizationId, tokens)
  }, 60_000)

  it('before the answer, when only other leaks of it are written, revokes each token once when it comes again', async () => {
    const { tokens, secrets, ownerSecret, organizationId } = await withTokens(engine, 50)
    const report = reportOf([...tokens, ...secrets])
    const dying = await startDying('KEY_LEAKED')
    await expect(report(dying)).rejects.toThrow('fetch failed')
    expect(await dying.exited).toBeNull()
    expect(await revoked()).toEqual([])

    const back = await start()
    const owner = new TestClient(back.url, ownerSecret)
    expect(await activeAmong(owner, tokens)).toEqual(tokens)
    expect(await report(back)).toEqual([...tokens, ...secrets].map(() => 'true_positive'))
    await expectAllOnce(owner, organizationId, tokens)
    const leaked = await historyOf(owner, organizationId, { types: ['KEY_LEAKED'] })
    const ofSecrets = leaked.filter(({ details }) => details.tokenId === undefined).map(({ targetId }) => targetId)
    expect([new Set(ofSecrets).size, ofSecrets.length]).toEqual([KEYS, KEYS])
  }, 60_000)
})
