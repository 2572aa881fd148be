import { beforeAll, describe, expect, it } from 'vitest'
import {
  KeyByIdDocument,
  ResumeKeyDocument,
  RevokeKeyDocument,
  SuspendKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { type Person, type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn, historyOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { numberedKeys } from '../support/numbered-keys.ts'

describe.each(ENGINES)('suspending a key on %s', (engine) => {
  let operator: Person
  let colleague: Person
  let manager: Person
  const clock = new ManualClock()
  const app = useApp({ engine, clock })
  beforeAll(async () => {
    await app.app.parts.sweeper.stop()
    operator = await app.person('Otto', [{ module: 'keys', role: 'OPERATOR' }])
    colleague = await app.person('Olga', [{ module: 'keys', role: 'OPERATOR' }])
    manager = await app.person('Mia', [{ module: 'keys', role: 'MANAGER' }])
  })

  type Client = TestApp['owner']
  const create = numberedKeys(app)
  const works = async (client: Client) => (await client.try(ViewerDocument, {})).errors === undefined
  const suspend = async (client: Client, id: string) =>
    (await client.try(SuspendKeyDocument, { id })).errors?.[0]?.extensions ?? 'done'
  const resume = async (client: Client, id: string) =>
    (await client.try(ResumeKeyDocument, { id })).errors?.[0]?.extensions ?? 'done'
  const needsManager = { code: 'FORBIDDEN', required: ['keys:manager'] }

  it('of another tenant is NOT_FOUND', async () => {
    const { id } = await create(app.owner)
    const { owner } = await app.stranger()
    expect(await suspend(owner.client, id)).toMatchObject({ code: 'NOT_FOUND' })
    await suspend(app.owner, id)
    expect(await resume(owner.client, id)).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('rejects it on the next request, and resuming makes the same secret valid again', async () => {
    const { id, client } = await create(operator.client)
    expect(await works(client)).toBe(true)
    const { suspendKey } = await operator.client.run(SuspendKeyDocument, { id })
    expect(suspendKey.key.status).toBe('SUSPENDED')
    expect(await works(client)).toBe(false)
    const { resumeKey } = await operator.client.run(ResumeKeyDocument, { id })
    expect(resumeKey.key.status).toBe('ACTIVE')
    expect(await works(client)).toBe(true)
    expect((await historyOf(app, id)).map(({ type, actor, details }) => [type, actor.id, details])).toEqual([
      ['KEY_CREATED', operator.userId, expect.anything()],
      ['KEY_SUSPENDED', operator.userId, { kind: 'API_KEY' }],
      ['ACCESS_DENIED', null, { kind: 'API_KEY', reason: 'suspended', count: 1 }],
      ['KEY_RESUMED', operator.userId, { kind: 'API_KEY' }],
    ])
  })

  it.each(['API_KEY', 'PERSONAL_ACCESS_KEY'] as const)('is allowed to callers who may revoke it: %s', async (kind) => {
    const { id, client } = await create(operator.client, kind)
    const before = await changesIn(app)
    expect(await suspend(colleague.client, id)).toMatchObject(needsManager)
    expect(await changesIn(app)).toEqual(before)
    for (const who of [operator.client, manager.client, app.owner]) {
      expect(await suspend(who, id)).toBe('done')
      expect(await resume(colleague.client, id)).toMatchObject(needsManager)
      expect(await resume(who, id)).toBe('done')
    }
    // The key itself too; but what is suspended cannot resume itself.
    expect(await suspend(client, id)).toBe('done')
    expect(await resume(client, id)).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await resume(colleague.client, id)).toMatchObject(needsManager)
    expect(await resume(operator.client, id)).toBe('done')
  })

  it.each([
    ['the person who owns it', 'PERSONAL_ACCESS_KEY'],
    ['the operator who made it', 'API_KEY'],
  ] as const)('by a manager cannot be resumed by %s', async (_, kind) => {
    const { id, client } = await create(operator.client, kind)
    expect(await suspend(manager.client, id)).toBe('done')
    expect(await resume(operator.client, id)).toMatchObject(needsManager)
    expect(await suspend(operator.client, id)).toMatchObject({ code: 'CONFLICT' })
    expect(await works(client)).toBe(false)
    expect(await resume(app.owner, id)).toBe('done')
    expect(await works(client)).toBe(true)
  })

  it.each([
    ['the person who owns it', 'PERSONAL_ACCESS_KEY'],
    ['the operator who made it', 'API_KEY'],
  ] as const)('by %s can be taken over by a manager, and then be resumed by managers only', async (_, kind) => {
    const { id, client } = await create(operator.client, kind)
    expect(await suspend(operator.client, id)).toBe('done')
    expect(await suspend(manager.client, id)).toBe('done')
    expect(await resume(operator.client, id)).toMatchObject(needsManager)
    for (const who of [operator.client, manager.client, app.owner])
      expect(await suspend(who, id)).toMatchObject({ code: 'CONFLICT' })
    expect(await works(client)).toBe(false)
    const suspensions = (await historyOf(app, id)).filter(({ type }) => type === 'KEY_SUSPENDED')
    expect(suspensions.map(({ actor }) => actor.id)).toEqual([operator.userId, manager.userId])
    expect(await resume(app.owner, id)).toBe('done')
    expect(await works(client)).toBe(true)
  })

  it('is not undone by an owner who resumes while a manager takes it over', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { id, client } = await create(operator.client, 'PERSONAL_ACCESS_KEY')
      await suspend(operator.client, id)
      const [resumed, taken] = await Promise.all([resume(operator.client, id), suspend(manager.client, id)])
      // Whichever comes first, the manager's suspension stands.
      expect([taken, await works(client)]).toEqual(['done', false])
      expect(resumed === 'done' || ['CONFLICT', 'FORBIDDEN'].includes(String(resumed.code))).toBe(true)
    }
  })

  it('by its owner can be resumed by its owner, and by managers', async () => {
    const { id } = await create(operator.client, 'PERSONAL_ACCESS_KEY')
    expect(await suspend(operator.client, id)).toBe('done')
    expect(await resume(operator.client, id)).toBe('done')
    expect(await suspend(operator.client, id)).toBe('done')
    expect(await resume(manager.client, id)).toBe('done')
  })

  it.each([
    ['suspended already', 'suspend', async (id: string) => suspend(app.owner, id)],
    ['not suspended', 'resume', async () => undefined],
    ['revoked', 'suspend', async (id: string) => app.owner.run(RevokeKeyDocument, { input: { id } })],
    ['revoked', 'resume', async (id: string) => app.owner.run(RevokeKeyDocument, { input: { id } })],
  ] as const)('is a CONFLICT if the key is %s: %s', async (_, verb, prepare) => {
    const { id } = await create(app.owner)
    await prepare(id)
    const before = await changesIn(app)
    expect(await (verb === 'suspend' ? suspend : resume)(app.owner, id)).toMatchObject({ code: 'CONFLICT' })
    expect(await changesIn(app)).toEqual(before)
  })

  it('does not postpone the expiry, and an expired key can be neither suspended nor resumed', async () => {
    const { id, client } = await app.apiKey({ expiresIn: 'PT1H' })
    expect(await suspend(app.owner, id)).toBe('done')
    clock.advance(3_600)
    const { key } = await app.owner.run(KeyByIdDocument, { id })
    expect(key?.status).toBe('EXPIRED')
    expect(await resume(app.owner, id)).toMatchObject({ code: 'CONFLICT' })
    expect(await suspend(app.owner, id)).toMatchObject({ code: 'CONFLICT' })
    expect(await works(client)).toBe(false)
  })
})
