import { beforeAll, describe, expect, it } from 'vitest'
import {
  AuditVerificationDocument,
  CreateApiKeyDocument,
  type CreateApiKeyInput,
  RevokeKeyDocument,
  RotateKeyDocument,
  UpdateKeyPolicyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { faultsOf, historyOf, type PublicEvent } from '../support/audit-chain.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { refuseKeysNamed } from '../support/faults.ts'

const EACH = 20

/** What became of one request. */
interface Outcome {
  readonly name: string
  readonly code: string | null
  readonly id: string | null
  readonly secret: string | null
}

/** What a client does that is told to try again: on a busy machine some wait too long for a connection to the database. */
const untilAvailable = async (act: () => Promise<Outcome>): Promise<Outcome> => {
  for (;;) {
    const outcome = await act()
    if (outcome.code !== 'UNAVAILABLE') return outcome
  }
}

describe.each(ENGINES)('200 concurrent mutations on %s', (engine) => {
  let contested: { id: string; secret: string }
  const ended: { id: string; secret: string }[] = []
  let before: readonly PublicEvent[]
  let history: readonly PublicEvent[]
  let since: readonly PublicEvent[]
  const outcomes: Record<string, Outcome[]> = {}

  const create = async (name: string, input: Partial<CreateApiKeyInput> = {}): Promise<Outcome> => {
    const { data, errors } = await app.owner.try(CreateApiKeyDocument, {
      input: { organizationId: app.organizationId, name, grants: [], ...input },
    })
    const { apiKey, secret } = data?.createApiKey ?? {}
    return { name, code: errors?.[0]?.extensions.code ?? null, id: apiKey?.id ?? null, secret: secret ?? null }
  }
  const rotate = async (id: string): Promise<Outcome> => {
    const { data, errors } = await app.owner.try(RotateKeyDocument, { input: { id } })
    const code = errors?.[0]?.extensions.code ?? null
    return { name: 'rotation', code, id, secret: data?.rotateKey.secret ?? null }
  }
  const revoke = async (id: string): Promise<Outcome> => {
    const { errors } = await app.owner.try(RevokeKeyDocument, { input: { id } })
    return { name: 'revocation', code: errors?.[0]?.extensions.code ?? null, id, secret: null }
  }

  const kinds: Record<string, (number: number) => Promise<Outcome>> = {
    created: (number) => create(`good ${number}`),
    'created too': (number) => create(`fine ${number}`, { grants: [{ module: 'keys', role: 'VIEWER' }] }),
    'created as well': (number) => create(`well ${number}`, { expiresIn: 'P1D' }),
    'of one name': () => create('contested name'),
    'against the policy': (number) => create(`too long ${number}`, { expiresIn: 'P400D' }),
    'with a fault after the insertion': (number) => create(`faulty key ${number}`),
    'with a fault at the append': (number) => create(`faulty event ${number}`),
    rotated: () => rotate(contested.id),
    revoked: (number) => revoke(ended[number % 10]?.id ?? ''),
    'of one name again': () => create('contested name'),
  }

  const app = useApp({ engine })
  beforeAll(async () => {
    await app.owner.run(UpdateKeyPolicyDocument, {
      input: { organizationId: app.organizationId, policy: { maximumLifetime: 'P365D' } },
    })
    contested = await app.apiKey({ name: 'contested key' })
    for (let number = 0; number < 10; number += 1) ended.push(await app.apiKey({ name: `to be revoked ${number}` }))
    await refuseKeysNamed(app.app.parts.sources, { afterInsert: 'faulty key', atAppend: 'faulty event' })
    before = await historyOf(app.owner, app.organizationId)
    const all = Array.from({ length: EACH }, (_, number) =>
      Object.entries(kinds).map(async ([kind, act]) => ({
        kind,
        outcome: await untilAvailable(() => act(number)),
      })),
    ).flat()
    expect(all.length).toBe(200)
    for (const { kind, outcome } of await Promise.all(all)) {
      outcomes[kind] ??= []
      outcomes[kind].push(outcome)
    }
    history = await historyOf(app.owner, app.organizationId)
    since = history.slice(before.length)
  }, 240_000)

  const codes = (kind: string) => (outcomes[kind] ?? []).map(({ code }) => code)
  const acknowledged = () =>
    Object.values(outcomes)
      .flat()
      .filter(({ code }) => code === null)
  const rows = <Row>(sql: string): Promise<Row[]> => app.app.parts.sources.reading.query(sql)

  it.each([
    ['created', { null: 20 }],
    ['created too', { null: 20 }],
    ['created as well', { null: 20 }],
    ['against the policy', { POLICY_VIOLATION: 20 }],
    ['with a fault after the insertion', { INTERNAL: 20 }],
    ['with a fault at the append', { INTERNAL: 20 }],
    ['rotated', { null: 1, CONFLICT: 19 }],
    ['revoked', { null: 10, CONFLICT: 10 }],
  ])('get the expected results: %s', (kind, expected) => {
    const counts: Record<string, number> = {}
    for (const code of codes(kind)) counts[String(code)] = (counts[String(code)] ?? 0) + 1
    expect(counts).toEqual(expected)
  })

  it('give a requested name to exactly one key', () => {
    const all = [...codes('of one name'), ...codes('of one name again')]
    expect(all.filter((code) => code === null).length).toBe(1)
    expect(all.filter((code) => code === 'CONFLICT').length).toBe(2 * EACH - 1)
  })

  it('leave exactly the acknowledged keys', async () => {
    const made = acknowledged().filter(({ name }) => !['rotation', 'revocation'].includes(name))
    const stored = await rows<{ id: string; name: string }>("SELECT id, name FROM keys WHERE kind = 'API_KEY'")
    const old = [contested, ...ended].map(({ id }) => id)
    expect(stored.filter(({ id }) => !old.includes(id)).sort(byId)).toEqual(
      made.map(({ id, name }) => ({ id, name })).sort(byId),
    )
  })

  it('leave exactly one creation event per key, and no event of a rejected mutation', () => {
    const told = since.map(({ type, targetId, targetName }) => ({ type, id: targetId, name: targetName }))
    const typeOf = (name: string) =>
      name === 'rotation' ? 'KEY_ROTATED' : name === 'revocation' ? 'KEY_REVOKED' : 'KEY_CREATED'
    expect(told.map(({ type, id }) => `${type} ${id}`).sort()).toEqual(
      acknowledged()
        .map(({ name, id }) => `${typeOf(name)} ${id}`)
        .sort(),
    )
    expect(told.filter(({ name }) => name?.startsWith('faulty') || name?.startsWith('too long'))).toEqual([])
  })

  it('leave valid secrets for every response, and one current secret per key', async () => {
    const given = acknowledged().flatMap(({ id, secret }) => (secret === null ? [] : [{ id, secret }]))
    expect(given.length).toBe(3 * EACH + 2)
    for (const { id, secret } of given)
      expect((await app.anonymous.with(secret).run(ViewerDocument, {})).viewer.key?.id).toBe(id)
    for (const { secret } of ended)
      expect((await app.anonymous.with(secret).fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    const wrong = await rows(`
      SELECT k.id, k.name, COUNT(s.id) AS secrets FROM keys k LEFT JOIN key_secrets s ON s.key_id = k.id AND s.state = 'CURRENT'
      GROUP BY k.id, k.name, k.revoked_at HAVING COUNT(s.id) <> CASE WHEN k.revoked_at IS NULL THEN 1 ELSE 0 END`)
    expect(wrong).toEqual([])
    expect(await rows('SELECT id FROM key_secrets WHERE key_id NOT IN (SELECT id FROM keys)')).toEqual([])
  })

  it('leave an audit log without a gap, chained in order', async () => {
    expect(history.map(({ sequence }) => sequence)).toEqual(history.map((_, index) => index + 1))
    expect(faultsOf(history, app.organizationId)).toEqual([])
    const { organization } = await app.owner.run(AuditVerificationDocument, { organizationId: app.organizationId })
    expect(organization?.auditVerification).toMatchObject({ intact: true, firstBrokenSequence: null })
  })
})

const byId = (left: { id: string | null }, right: { id: string | null }): number =>
  (left.id ?? '') < (right.id ?? '') ? -1 : 1
