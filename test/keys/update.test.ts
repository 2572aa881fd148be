import { beforeAll, describe, expect, it } from 'vitest'
import { KeyByIdDocument, UpdateKeyDocument, type UpdateKeyInput } from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn, historyOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'

describe.each(ENGINES)('changing a key on %s', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock })
  beforeAll(async () => {
    await app.app.parts.sweeper.stop()
  })

  const create = () =>
    app.apiKey({
      description: 'old',
      metadata: { team: 'a' },
      expiresIn: 'P90D',
      warnBefore: ['P2D'],
      grants: [{ module: 'keys', role: 'VIEWER' }],
    })

  it('is NOT_FOUND for another tenant, and FORBIDDEN without keys:operator', async () => {
    const { id } = await create()
    const { owner } = await app.stranger()
    const viewer = await app.person('Vera', [{ module: '*', role: 'VIEWER' }])
    const before = await changesIn(app)
    const change = { input: { id, description: 'new' } }
    expect((await owner.client.fail(UpdateKeyDocument, change)).extensions.code).toBe('NOT_FOUND')
    expect((await viewer.client.fail(UpdateKeyDocument, change)).extensions).toMatchObject({
      code: 'FORBIDDEN',
      required: ['keys:operator'],
    })
    expect(await changesIn(app)).toEqual(before)
  })

  it.each<[Omit<UpdateKeyInput, 'id'>, object, object]>([
    [{ description: 'new' }, { description: 'new' }, { description: { from: 'old', to: 'new' } }],
    [{ description: null }, { description: null }, { description: { from: 'old', to: null } }],
    [{ description: ' ' }, { description: null }, { description: { from: 'old', to: null } }],
    [{ metadata: { b: 1 } }, { metadata: { b: 1 } }, { metadata: { from: { team: 'a' }, to: { b: 1 } } }],
    [{ metadata: {} }, { metadata: {} }, { metadata: { from: { team: 'a' }, to: {} } }],
    [
      { warnBefore: ['P1D', 'P5D'] },
      { warnBefore: ['P5D', 'P1D'] },
      { warnBefore: { from: ['P2D'], to: ['P5D', 'P1D'] } },
    ],
    [{ warnBefore: [] }, { warnBefore: [] }, { warnBefore: { from: ['P2D'], to: [] } }],
    [
      { warnBefore: null },
      { warnBefore: ['P30D', 'P14D', 'P7D', 'P3D', 'P1D'] },
      { warnBefore: { from: ['P2D'], to: null } },
    ],
    [{ grants: [] }, { grants: [] }, { grants: { from: ['keys:viewer'], to: [] } }],
    [
      { name: null, grants: null, metadata: null, allowedIps: null },
      { description: 'old', metadata: { team: 'a' } },
      {},
    ],
  ])('by %j changes only that, and the event names the old and the new value', async (change, seen, told) => {
    const { id, client } = await create()
    const before = (await app.owner.run(KeyByIdDocument, { id })).key
    const { updateKey } = await app.owner.run(UpdateKeyDocument, { input: { id, ...change } })
    expect(updateKey.key).toEqual({ ...before, ...seen })
    expect((await app.owner.run(KeyByIdDocument, { id })).key).toEqual({ ...before, ...seen })
    expect((await historyOf(app, id)).at(-1)).toMatchObject({ type: 'KEY_UPDATED', actor: { kind: 'USER' } })
    expect((await historyOf(app, id)).at(-1)?.details).toEqual({ kind: 'API_KEY', changes: told })
    expect((await client.send('{ viewer { kind } }')).status).toBe(200)
  })

  it.each<[Omit<UpdateKeyInput, 'id'>, string]>([
    [{}, 'id'],
    [{ name: ' ' }, 'name'],
    [{ name: 'n'.repeat(101) }, 'name'],
    [{ description: 'd'.repeat(1_001) }, 'description'],
    [{ warnBefore: ['P90D'] }, 'warnBefore.0'],
    [{ warnBefore: ['P1D', 'PT0S'] }, 'warnBefore.1'],
    [{ warnBefore: Array.from({ length: 11 }, (_, index) => `PT${index + 1}H`) }, 'warnBefore'],
    [{ allowedIps: ['10.0.0.0/8', 'nowhere'] }, 'allowedIps.1'],
    [{ grants: [{ module: 'nothing', role: 'VIEWER' }] }, 'grants.0.module'],
    [{ grants: [{ module: '*', role: 'OWNER' }] }, 'grants.0.role'],
  ])('by %j is rejected, and changes nothing', async (change, path) => {
    const { id } = await create()
    const before = await changesIn(app)
    const error = await app.owner.fail(UpdateKeyDocument, { input: { id, ...change } })
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
    expect(await changesIn(app)).toEqual(before)
  })

  it('reports all errors at once', async () => {
    const { id } = await create()
    const input = { id, name: '', allowedIps: ['x'], grants: [{ module: 'y', role: 'OWNER' as const }] }
    const error = await app.owner.fail(UpdateKeyDocument, { input })
    expect(error.extensions.issues?.map((issue) => issue.path).sort()).toEqual([
      'allowedIps.0',
      'grants.0.module',
      'grants.0.role',
      'name',
    ])
  })

  it('takes effect on the next request', async () => {
    const key = await create()
    const query = 'query ($id: ID!) { organization(id: $id) { apiKeys { totalCount } } }'
    const codeOf = async () =>
      (await key.client.send(query, { id: app.organizationId })).errors?.[0]?.extensions.code ?? 'good'
    expect(await codeOf()).toBe('good')
    await app.owner.run(UpdateKeyDocument, { input: { id: key.id, grants: [] } })
    expect(await codeOf()).toBe('FORBIDDEN')
    await app.owner.run(UpdateKeyDocument, { input: { id: key.id, grants: [{ module: '*', role: 'VIEWER' }] } })
    expect(await codeOf()).toBe('good')
  })
})
