import { createHash } from 'node:crypto'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { BY_SYSTEM } from '../../src/audit/audit-event.ts'
import { signingKeyRotated } from '../../src/audit/events/token-events.ts'
import { AuditVerificationDocument, CreateApiKeyDocument } from '../../src/generated/graphql.ts'
import { AuditCheckpointEntity } from '../../src/tokens/checkpoint.entity.ts'
import { boot, type TestApp } from '../support/boot.ts'
import { ENGINES, postgresRuns } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { PATIENCE } from '../support/patience.ts'
import { victimOf } from '../support/tampering.ts'

const MINUTE = 60
const env = { KEYTURN_PUBLIC_URL: 'https://keyturn.example' }

const checkpointsOf = (app: TestApp, organizationId: string) =>
  app.app.parts.sources.reading.manager.find(AuditCheckpointEntity, {
    where: { organizationId },
    order: { number: 'ASC' },
  })
const untilSigned = (app: TestApp, organizationId: string, count: number) =>
  vi.waitFor(async () => {
    const found = await checkpointsOf(app, organizationId)
    expect(found).toHaveLength(count)
    return found
  }, PATIENCE)

describe.each(ENGINES)('checkpoints on %s', (engine) => {
  const clock = new ManualClock()
  let app: TestApp
  beforeAll(async () => {
    app = await boot({ engine, clock, env })
  })
  afterAll(() => app.close())
  const createKey = (organizationId: string, name: string) =>
    app.owner.run(CreateApiKeyDocument, { input: { organizationId, name, grants: [] } })

  it('are signed for every changed log, each half hour, and name the one before them', async () => {
    const [busy, quiet] = [await victimOf(app, ['one']), await victimOf(app, [])]
    clock.advance(30 * MINUTE)
    const [first] = await untilSigned(app, busy.id, 1)
    await untilSigned(app, quiet.id, 1)
    await createKey(busy.id, 'two')
    clock.advance(30 * MINUTE)
    const [, second] = await untilSigned(app, busy.id, 2)
    expect(first).toMatchObject({ number: 1, sequence: 3, hash: busy.hash(3), previousDigest: '0'.repeat(64) })
    const digest = createHash('sha256')
      .update(first?.signature ?? '')
      .digest('hex')
    expect(second).toMatchObject({ number: 2, sequence: 4, previousDigest: digest, signedAt: clock.now() })
    expect(await checkpointsOf(app, quiet.id)).toHaveLength(1)
    const keys = (await (await fetch(`${app.url}/.well-known/keyturn/checkpoint-keys`)).json()) as JSONWebKeySet
    const { payload, protectedHeader } = await jwtVerify(second?.signature ?? '', createLocalJWKSet(keys), {
      issuer: env.KEYTURN_PUBLIC_URL,
      currentDate: clock.now(),
    })
    expect(protectedHeader).toMatchObject({ typ: 'keyturn-checkpoint+jws', kid: second?.kid })
    expect(payload).toEqual({
      iss: env.KEYTURN_PUBLIC_URL,
      organization: busy.id,
      number: 2,
      sequence: 4,
      hash: second?.hash,
      signedAt: second?.signedAt.toISOString(),
      previous: digest,
    })
  })

  it('are signed when a 1,000th event was committed, without waiting', async () => {
    const { id } = await victimOf(app, [])
    const draft = signingKeyRotated('kid', 'ES256')
    const append = (count: number) =>
      app.app.parts.services.database.write((writer) =>
        app.app.parts.log.appendAll(
          writer,
          id,
          Array.from({ length: count }, () => ({ cause: BY_SYSTEM, draft })),
        ),
      )
    await append(997)
    await app.app.parts.services.database.read(async () => undefined)
    expect(await checkpointsOf(app, id)).toEqual([])
    await append(1)
    const [checkpoint] = await untilSigned(app, id, 1)
    expect(checkpoint).toMatchObject({ sequence: 1_000 })
    const { organization } = await app.owner.run(AuditVerificationDocument, { organizationId: id })
    expect(organization?.auditVerification).toMatchObject({ intact: true, checkedEvents: 1_000 })
  })

  it('are never signed for events that were not committed', async () => {
    const { id } = await victimOf(app, [])
    const undone = app.app.parts.services.database.write(async (writer) => {
      const draft = signingKeyRotated('kid', 'ES256')
      const entries = Array.from({ length: 1_500 }, () => ({ cause: BY_SYSTEM, draft }))
      await app.app.parts.log.appendAll(writer, id, entries)
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    clock.advance(30 * MINUTE)
    expect(await untilSigned(app, id, 1)).toMatchObject([{ sequence: 2 }])
  })
})

describe.skipIf(!postgresRuns)('checkpoints of two instances on one database', () => {
  it('are signed once, whichever is first, and both continue after them', async () => {
    const clock = new ManualClock()
    const one = await boot({ engine: 'postgres', clock, env })
    // The pass at the start signs what there is. A later one could find the log of the test half made.
    await untilSigned(one, one.organizationId, 1)
    const { id } = await victimOf(one, ['one'])
    const other = await boot({ database: one.database, clock, env })
    const { checkpoints } = one.app.parts.services
    await Promise.all([one, other, one, other].map(({ app }) => app.parts.services.checkpoints.store(id)))
    expect(await checkpointsOf(one, id)).toHaveLength(1)
    await one.owner.run(CreateApiKeyDocument, { input: { organizationId: id, name: 'two', grants: [] } })
    // One that another instance made a moment ago is enough for a pass.
    await checkpoints.store(id, 15 * MINUTE * 1_000)
    expect(await checkpointsOf(one, id)).toHaveLength(1)
    clock.advance(30 * MINUTE)
    expect(await untilSigned(one, id, 2)).toMatchObject([{ sequence: 3 }, { sequence: 4 }])
    await other.stop()
    await one.close()
  })
})
