import { beforeAll, describe, expect, it } from 'vitest'
import {
  KeyByIdDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { type Person, type TestApp, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn, historyOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { numberedKeys } from '../support/numbered-keys.ts'

describe.each(ENGINES)('revoking a key on %s', (engine) => {
  let operator: Person
  const clock = new ManualClock()
  const app = useApp({ engine, clock })
  beforeAll(async () => {
    await app.app.parts.sweeper.stop()
    operator = await app.person('Otto', [{ module: 'keys', role: 'OPERATOR' }])
  })

  type Client = TestApp['owner']
  const create = numberedKeys(app)
  const codeOf = async (client: Client) => (await client.try(ViewerDocument, {})).errors?.[0]?.extensions.code ?? 'good'
  const revoke = async (client: Client, id: string) =>
    (await client.try(RevokeKeyDocument, { input: { id } })).errors?.[0]?.extensions ?? 'done'

  it('of another tenant is NOT_FOUND', async () => {
    const { id, client } = await create(app.owner)
    const { owner } = await app.stranger()
    const before = await changesIn(app)
    expect(await revoke(owner.client, id)).toMatchObject({ code: 'NOT_FOUND' })
    expect(await changesIn(app)).toEqual(before)
    expect(await codeOf(client)).toBe('good')
  })

  it('ends it permanently, with all its secrets, and keeps its audit events', async () => {
    const { id, client } = await create(app.owner)
    clock.advance(1)
    const { rotateKey } = await app.owner.run(RotateKeyDocument, { input: { id } })
    const { revokeKey } = await app.owner.run(RevokeKeyDocument, {
      input: { id, reason: 'SUPERSEDED', note: ' replaced by\nthe new pipeline ' },
    })
    const now = clock.now().toISOString()
    expect(revokeKey.key).toMatchObject({
      status: 'REVOKED',
      revokedAt: now,
      revocationReason: 'SUPERSEDED',
      secrets: [
        { state: 'RETIRED', validUntil: now },
        { state: 'RETIRED', validUntil: now },
      ],
    })
    for (const dead of [client, app.anonymous.with(rotateKey.secret)])
      expect(await codeOf(dead)).toBe('UNAUTHENTICATED')
    expect((await historyOf(app, id)).map(({ type, details }) => [type, details])).toEqual([
      ['KEY_CREATED', expect.anything()],
      ['KEY_ROTATED', expect.anything()],
      ['KEY_REVOKED', { kind: 'API_KEY', reason: 'SUPERSEDED', note: 'replaced by\nthe new pipeline' }],
      ['ACCESS_DENIED', { kind: 'API_KEY', reason: 'revoked', count: 1 }],
    ])
  })

  it('needs no reason, and succeeds once', async () => {
    const { id } = await create(app.owner)
    await app.owner.run(RevokeKeyDocument, { input: { id } })
    expect((await app.owner.run(KeyByIdDocument, { id })).key?.revocationReason).toBe('UNSPECIFIED')
    const before = await changesIn(app)
    for (const input of [{ id }, { id, reason: 'COMPROMISED' as const }])
      expect((await app.owner.fail(RevokeKeyDocument, { input })).extensions.code).toBe('CONFLICT')
    const rename = { input: { id, name: 'again' } }
    expect((await app.owner.fail(UpdateKeyDocument, rename)).extensions.code).toBe('CONFLICT')
    expect(await changesIn(app)).toEqual(before)
  })

  it('of an API key is allowed to the operator who created it, to managers and to the key itself', async () => {
    const colleague = await app.person('Olga', [{ module: 'keys', role: 'OPERATOR' }])
    const viewer = await app.person('Vera', [{ module: '*', role: 'VIEWER' }])
    const manager = await app.person('Mia', [{ module: 'keys', role: 'MANAGER' }])
    const { id } = await create(operator.client)
    for (const { client } of [colleague, viewer])
      expect(await revoke(client, id)).toMatchObject({ code: 'FORBIDDEN', required: ['keys:manager'] })
    expect(await revoke(operator.client, id)).toBe('done')
    for (const { client } of [manager, { client: app.owner }])
      expect(await revoke(client, (await create(operator.client)).id)).toBe('done')
    const robot = await create(operator.client)
    expect(await revoke(robot.client, robot.id)).toBe('done')
    expect((await historyOf(app, robot.id)).at(-1)?.actor).toMatchObject({ kind: 'API_KEY', id: robot.id })
    // An API key that may operate ends the keys that it made, and no others.
    const maker = await app.apiKey({ grants: [{ module: 'keys', role: 'OPERATOR' }] })
    expect(await revoke(maker.client, (await create(maker.client)).id)).toBe('done')
    const other = await create(operator.client)
    expect(await revoke(maker.client, other.id)).toMatchObject({ code: 'FORBIDDEN', required: ['keys:manager'] })
    // Who made it and operates no more, has no say in it either.
    const former = await app.person('Fay', [])
    const { code, required } = (await former.client.fail(RevokeKeyDocument, { input: { id: other.id } })).extensions
    expect({ code, required }).toEqual({ code: 'FORBIDDEN', required: ['keys:manager'] })
  })

  it('of a person is allowed to that person, to managers and to the key itself', async () => {
    const ann = await app.person('Ann', [])
    const manager = await app.person('Mia', [{ module: 'keys', role: 'MANAGER' }])
    const personal = () => create(ann.client, 'PERSONAL_ACCESS_KEY')
    const { id } = await personal()
    const refusal = { code: 'FORBIDDEN', required: ['keys:manager'] }
    for (const { client } of [operator, await app.apiKey({ grants: [{ module: 'keys', role: 'OPERATOR' }] })])
      expect(await revoke(client, id)).toMatchObject(refusal)
    expect(await revoke(ann.client, id)).toBe('done')
    expect(await revoke(manager.client, (await personal()).id)).toBe('done')
    const itself = await personal()
    expect(await revoke(itself.client, itself.id)).toBe('done')
    expect((await historyOf(app, itself.id)).at(-1)).toMatchObject({
      type: 'KEY_REVOKED',
      actor: { kind: 'USER', id: ann.userId },
      details: { kind: 'PERSONAL_ACCESS_KEY', ownerId: ann.userId },
    })
  })

  it.each(['suspended', 'expired'])('revokes a key that is %s, too', async (state) => {
    const { id } = await app.apiKey({ expiresIn: 'PT1H' })
    if (state === 'suspended') await app.owner.run(SuspendKeyDocument, { id })
    else clock.advance(3_600)
    expect(await revoke(app.owner, id)).toBe('done')
    expect((await app.owner.run(KeyByIdDocument, { id })).key?.status).toBe('REVOKED')
    expect((await app.owner.fail(RotateKeyDocument, { input: { id } })).extensions.code).toBe('CONFLICT')
  })
})
