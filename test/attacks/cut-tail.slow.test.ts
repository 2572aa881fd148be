import { join } from 'node:path'
import { createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { AuditVerificationDocument, CreateApiKeyDocument } from '../../src/generated/graphql.ts'
import { AuditCheckpointEntity } from '../../src/tokens/checkpoint.entity.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ENGINES, type TestDatabase } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PATIENCE } from '../support/patience.ts'
import { cutTail, rehash, setHead, type Target, tamperWith, victimOf } from '../support/tampering.ts'

const LAST = 6
const HALF_HOUR = 1_800
const env = { KEYTURN_PUBLIC_URL: 'https://keyturn.example' }

describe.each(ENGINES)('a signed audit log with a truncated end and a rewritten head, on %s', (engine) => {
  const clock = new ManualClock()
  let app: TestApp
  beforeAll(async () => {
    app = await boot({ engine, clock, env })
  })
  afterAll(() => app.close())

  const checkpointsOf = (id: string) =>
    app.app.parts.sources.reading.manager.find(AuditCheckpointEntity, {
      where: { organizationId: id },
      order: { number: 'ASC' },
    })
  /** An organization with six events, signed by the service itself. */
  const signed = async (): Promise<Target> => {
    const target = await victimOf(app, ['one', 'two', 'three', 'four'])
    clock.advance(HALF_HOUR)
    await vi.waitFor(async () => expect(await checkpointsOf(target.id)).toHaveLength(1), PATIENCE)
    return target
  }
  const verify = async (organizationId: string, at = app) => {
    const { organization } = await at.anonymous.with(app.ownerSecret).run(AuditVerificationDocument, { organizationId })
    return organization?.auditVerification
  }
  let copies = 0
  const databaseOfRestart = async (): Promise<TestDatabase> => {
    if (engine === 'postgres') return app.database
    copies += 1
    const file = join(app.database.directory, `copy-${copies}.db`)
    await app.app.parts.sources.writing.query(`VACUUM INTO '${file}'`)
    return { ...app.database, url: `sqlite:${file}` }
  }
  /** A process that knows nothing but the database. On SQLite it gets a copy: two processes cannot serve one file. */
  const afterRestart = async <T>(use: (restarted: TestApp) => Promise<T>): Promise<T> => {
    const restarted = await boot({ database: await databaseOfRestart(), clock, env })
    try {
      return await use(restarted)
    } finally {
      await restarted.stop()
    }
  }
  const deleteCheckpoints = ({ id }: Target) => `DELETE FROM audit_checkpoints WHERE organization_id = '${id}'`

  it('is reported as not intact, by this process and by one that starts later', async () => {
    const target = await signed()
    await tamperWith(app.database, cutTail(target, 4))
    const found = { intact: false, baseSequence: 0, checkedEvents: 4, firstBrokenSequence: 5, headHash: target.hash(4) }
    expect(await verify(target.id)).toEqual(found)
    expect(await afterRestart((restarted) => verify(target.id, restarted))).toEqual(found)
  })

  it('is reported as not intact if the last event was edited and hashed again instead', async () => {
    const target = await signed()
    const { hash } = rehash(target, LAST, { targetName: 'else' })
    await tamperWith(app.database, [
      `UPDATE audit_events SET target_name = 'else', hash = '${hash}' WHERE ${target.at(LAST)}`,
      setHead(target, LAST, hash),
    ])
    expect(await verify(target.id)).toMatchObject({ intact: false, firstBrokenSequence: LAST })
  })

  it('is reported as not intact after it has grown again, is never signed again, and the service logs why', async () => {
    const target = await signed()
    await tamperWith(app.database, cutTail(target, 4))
    for (const name of ['five', 'six', 'seven'])
      await app.owner.run(CreateApiKeyDocument, { input: { organizationId: target.id, name, grants: [] } })
    const contradiction = `The audit log of ${target.id} contradicts its newest checkpoint`
    clock.advance(HALF_HOUR)
    await vi.waitFor(() => expect(app.logged.join('')).toContain(contradiction), PATIENCE)
    expect(await checkpointsOf(target.id)).toHaveLength(1)
    expect(await verify(target.id)).toMatchObject({ intact: false, firstBrokenSequence: LAST })
    const { errors } = await app.owner.send(
      'query ($id: ID!) { organization(id: $id) { auditCheckpoint { signature } } }',
      { id: target.id },
    )
    expect(errors?.[0]?.extensions.code).toBe('CONFLICT')
    const metrics = await (await fetch(`${app.url}/metrics`)).text()
    expect(metrics).toMatch(/^keyturn_audit_checkpoints_total\{result="failed"\} [1-9]/m)
  })

  it('is reported as not intact by this process if its checkpoints were deleted too, which its log still has', async () => {
    const target = await signed()
    const [checkpoint] = await checkpointsOf(target.id)
    await tamperWith(app.database, [...cutTail(target, 4), deleteCheckpoints(target)])
    expect(await verify(target.id)).toMatchObject({ intact: false, firstBrokenSequence: 5 })
    const line = app.logged.find((text) => text.includes(checkpoint?.signature ?? 'none'))
    const { signature } = JSON.parse(line ?? '{}') as { signature: string }
    const keys = (await (await fetch(`${app.url}/.well-known/keyturn/checkpoint-keys`)).json()) as JSONWebKeySet
    const { payload } = await jwtVerify(signature, createLocalJWKSet(keys), { currentDate: clock.now() })
    expect(payload).toMatchObject({ organization: target.id, sequence: LAST, hash: target.hash(LAST) })
    // What nobody outside the database can know any more is not claimed: an auditor needs the log, or a checkpoint.
    expect(await afterRestart((restarted) => verify(target.id, restarted))).toMatchObject({ intact: true })
  })

  it('is reported as not intact if only the checkpoints were deleted', async () => {
    const target = await signed()
    await tamperWith(app.database, [deleteCheckpoints(target)])
    expect(await verify(target.id)).toMatchObject({ intact: false })
  })

  it.each<[string, (target: Target) => Promise<string[]>]>([
    [
      'signed with a key of the attacker, who also stored its public part',
      async (target) => {
        const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
        const jwk = JSON.stringify({ ...(await exportJWK(publicKey)), kid: 'own', alg: 'ES256', use: 'sig' })
        const position = { number: 1, sequence: 4, hash: target.hash(4), signedAt: clock.now().toISOString() }
        const payload = { organization: target.id, ...position, previous: '0'.repeat(64) }
        const signature = await new SignJWT(payload)
          .setProtectedHeader({ alg: 'ES256', typ: 'keyturn-checkpoint+jws', kid: 'own' })
          .sign(privateKey)
        return [
          "DELETE FROM checkpoint_keys WHERE id = 'own'",
          `INSERT INTO checkpoint_keys SELECT 'own', 'ES256', '${jwk}', created_at, endorsement FROM checkpoint_keys LIMIT 1`,
          `INSERT INTO audit_checkpoints VALUES ('${target.id}', 1, 4, '${target.hash(4)}', '${position.signedAt}',
           '${'0'.repeat(64)}', '${signature}', 'own')`,
        ]
      },
    ],
    [
      'copied from another organization',
      async (target) => {
        const other = await signed()
        return [
          `INSERT INTO audit_checkpoints SELECT '${target.id}', number, 4, '${target.hash(4)}', signed_at,
           previous_digest, signature, kid FROM audit_checkpoints WHERE organization_id = '${other.id}'`,
        ]
      },
    ],
  ])('is reported as not intact with a checkpoint that was %s', async (_what, statements) => {
    const target = await signed()
    await tamperWith(app.database, [...cutTail(target, 4), deleteCheckpoints(target), ...(await statements(target))])
    expect(await afterRestart((restarted) => verify(target.id, restarted))).toMatchObject({
      intact: false,
      firstBrokenSequence: 4,
    })
  })
})
