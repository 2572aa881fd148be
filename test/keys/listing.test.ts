import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ApiKeysDocument,
  CreateApiKeyDocument,
  type CreateApiKeyInput,
  CreatePersonalAccessKeyDocument,
  CreateProjectDocument,
  DefineModuleDocument,
  type KeyFilter,
  PersonalAccessKeysDocument,
  RevokeKeyDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
  UpdateKeyDocument,
  UpdateKeyPolicyDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { boot, type Person, type TestApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { ManualClock } from '../support/manual-clock.ts'

const HOUR = 3_600

describe.each(ENGINES)('a list of keys on %s', (engine) => {
  let app: TestApp
  let clock: ManualClock
  let start: Date
  let otto: Person
  let projectId: string
  const ids = new Map<string, string>()
  const at = (hours: number) => new Date(start.getTime() + hours * HOUR * 1000).toISOString()

  const create = async (name: string, more: Partial<CreateApiKeyInput> = {}, client = app.owner) => {
    const { createApiKey } = await client.run(CreateApiKeyDocument, {
      input: { organizationId: app.organizationId, name, grants: [], ...more },
    })
    ids.set(name, createApiKey.apiKey.id)
    return createApiKey
  }
  const idOf = (name: string) => ids.get(name) ?? ''
  const find = async (filter: KeyFilter, client = app.owner) => {
    const { organization } = await client.run(ApiKeysDocument, {
      organizationId: app.organizationId,
      filter,
      orderBy: { field: 'CREATED_AT', direction: 'ASC' },
      first: 100,
    })
    const names = organization?.apiKeys?.edges.map(({ node }) => node.name)
    expect(organization?.apiKeys?.totalCount).toBe(names?.length)
    return names
  }

  // One key an hour, each unlike the others in what filters look at.
  beforeAll(async () => {
    clock = new ManualClock()
    app = await boot({ engine, clock })
    start = clock.now()
    const { organizationId } = app
    for (const name of ['my_module', 'mymodule', 'my-module'])
      await app.owner.run(DefineModuleDocument, { input: { organizationId, name } })
    otto = await app.person('Otto', [{ module: '*', role: 'MANAGER' }])
    const { createProject } = await app.owner.run(CreateProjectDocument, { input: { organizationId, name: 'Mobile' } })
    projectId = createProject.project.id
    await create('alpha', { description: 'Signs 100% of builds', neverExpires: true })
    clock.advance(HOUR)
    const used = await create('beta_1', { grants: [{ module: 'my_module', role: 'VIEWER' }], expiresIn: 'PT12H' })
    clock.advance(HOUR)
    await create('BETA-1', { grants: [{ module: 'mymodule', role: 'VIEWER' }], expiresIn: 'P30D' }, otto.client)
    clock.advance(HOUR)
    await create('c:\\temp', { grants: [{ module: '*', role: 'VIEWER' }], projectId, expiresIn: 'P60D' })
    clock.advance(HOUR)
    await create('Évreux İZMİR', { description: 'ÇALIŞIR', expiresIn: 'P90D' })
    clock.advance(HOUR)
    await create('suspended', { expiresIn: 'P90D' })
    await app.owner.run(SuspendKeyDocument, { id: idOf('suspended') })
    clock.advance(HOUR)
    await create('revoked', { expiresIn: 'P90D' })
    await app.owner.run(RevokeKeyDocument, { input: { id: idOf('revoked') } })
    await app.anonymous.with(used.secret).run(ViewerDocument, {})
    await app.app.parts.usage.flush()
    // Twelve and a half hours after the start: beta_1 expires in half an hour.
    clock.advance(6.5 * HOUR)
    const stranger = await app.stranger()
    await create('foreign', { organizationId: stranger.organizationId })
  })
  afterAll(() => app.close())

  const ALL = ['alpha', 'beta_1', 'BETA-1', 'c:\\temp', 'Évreux İZMİR', 'suspended', 'revoked']

  it('contains only keys of its organization, newest first by default', async () => {
    const { organization } = await app.owner.run(ApiKeysDocument, { organizationId: app.organizationId })
    expect(organization?.apiKeys?.edges.map(({ node }) => node.name)).toEqual([...ALL].reverse())
    expect(organization?.apiKeys?.totalCount).toBe(ALL.length)
  })

  it('needs keys:viewer', async () => {
    const { organizationId } = app
    const nobody = await app.person('Noa', [{ module: 'audit', role: 'MANAGER' }])
    const error = await nobody.client.fail(ApiKeysDocument, { organizationId })
    expect(error.extensions).toMatchObject({ code: 'FORBIDDEN', required: ['keys:viewer'] })
  })

  it.each<[string, KeyFilter, string[]]>([
    ['nothing', {}, ALL],
    ['null everywhere', { search: null, status: null, module: null, neverExpires: null, projectId: null }, ALL],
    ['a part of the name, in any case', { search: 'eta' }, ['beta_1', 'BETA-1']],
    ['a part of the name in capital letters', { search: 'BeTa' }, ['beta_1', 'BETA-1']],
    ['a part of the description', { search: 'signs' }, ['alpha']],
    ['letters beyond ASCII as they are', { search: 'Évreux' }, ['Évreux İZMİR']],
    ['letters beyond ASCII in another case', { search: 'éVREUX' }, ['Évreux İZMİR']],
    ['letters beyond ASCII composed otherwise', { search: 'e\u0301vreux' }, ['Évreux İZMİR']],
    ['letters beyond ASCII in the description', { search: 'çalışır'.replace('ışı', 'IŞI') }, ['Évreux İZMİR']],
    ['a percent sign, taken literally', { search: '%' }, ['alpha']],
    ['an underscore, taken literally', { search: 'a_1' }, ['beta_1']],
    ['a backslash, taken literally', { search: 'c:\\t' }, ['c:\\temp']],
    ['a backslash at the end', { search: '\\' }, ['c:\\temp']],
    ['a quote', { search: "'" }, []],
    ['nothing that there is', { search: 'no such key' }, []],
    ['no text', { search: '' }, ALL],
    ['one status', { status: ['SUSPENDED'] }, ['suspended']],
    [
      'a status that follows from the clock',
      { status: ['ACTIVE'] },
      ['alpha', 'beta_1', 'BETA-1', 'c:\\temp', 'Évreux İZMİR'],
    ],
    ['several statuses', { status: ['REVOKED', 'SUSPENDED', 'EXPIRED'] }, ['suspended', 'revoked']],
    ['no status', { status: [] }, []],
    ['a module with an underscore', { module: 'my_module' }, ['beta_1', 'c:\\temp']],
    ['a module whose name is like another', { module: 'mymodule' }, ['BETA-1', 'c:\\temp']],
    ['a module that only * covers', { module: 'my-module' }, ['c:\\temp']],
    ['all modules', { module: '*' }, ['c:\\temp']],
    ['keys that never expire', { neverExpires: true }, ['alpha']],
    ['keys that do', { neverExpires: false }, ALL.slice(1)],
    ['several at once', { search: 'beta', module: 'my_module', status: ['ACTIVE'] }, ['beta_1']],
  ])('can be filtered by %s', async (_, filter, names) => {
    expect(await find(filter)).toEqual(names)
  })

  it('can be searched by a complete id, not by a part of one', async () => {
    expect(await find({ search: idOf('alpha') })).toEqual(['alpha'])
    expect(await find({ search: idOf('alpha').slice(0, -1) })).toEqual([])
  })

  it('can be searched by the hint of any secret, case-insensitively', async () => {
    const { rotateKey } = await app.owner.run(RotateKeyDocument, { input: { id: idOf('alpha') } })
    for (const { hint } of rotateKey.key.secrets) {
      expect(await find({ search: hint })).toEqual(['alpha'])
      expect(await find({ search: hint.slice(-7).toLowerCase() })).toEqual(['alpha'])
    }
  })

  it('can be filtered by project and by creator', async () => {
    expect(await find({ projectId })).toEqual(['c:\\temp'])
    expect(await find({ createdById: otto.userId })).toEqual(['BETA-1'])
    expect(await find({ createdById: idOf('alpha') })).toEqual([])
  })

  it.each<[string, (when: (hours: number) => string) => KeyFilter, string[]]>([
    ['created after', (when) => ({ createdAfter: when(4) }), ['suspended', 'revoked']],
    ['created before', (when) => ({ createdBefore: when(1) }), ['alpha']],
    ['created between', (when) => ({ createdAfter: when(1), createdBefore: when(3) }), ['BETA-1']],
    ['expiring before', (when) => ({ expiringBefore: when(13) }), []],
    ['expiring soon after', (when) => ({ expiringBefore: when(13.001) }), ['beta_1']],
    [
      'unused since, counted from the last use',
      (when) => ({ unusedSince: when(6) }),
      ALL.filter((name) => name !== 'beta_1' && name !== 'revoked'),
    ],
    ['unused since the very instant of a use', (when) => ({ unusedSince: when(6.001) }), ALL],
  ])('can be filtered for keys %s an instant', async (_, filter, names) => {
    expect(await find(filter(at))).toEqual(names)
  })

  it('follows the clock: a key is listed as expired from its expiry on', async () => {
    clock.advance(0.5 * HOUR - 0.001)
    expect(await find({ status: ['EXPIRED'] })).toEqual([])
    clock.advance(0.001)
    expect(await find({ status: ['EXPIRED'] })).toEqual(['beta_1'])
    expect(await find({ status: ['ACTIVE'] })).not.toContain('beta_1')
  })

  it('can be filtered by conformity with the policy', async () => {
    const { organizationId } = app
    expect(await find({ conformsToPolicy: false })).toEqual([])
    await app.owner.run(UpdateKeyPolicyDocument, {
      input: { organizationId, policy: { maximumLifetime: 'P60D', defaultLifetime: 'P30D' } },
    })
    expect(await find({ conformsToPolicy: false })).toEqual(['alpha', 'Évreux İZMİR', 'suspended', 'revoked'])
    expect(await find({ conformsToPolicy: true })).toEqual(['beta_1', 'BETA-1', 'c:\\temp'])
    await app.owner.run(UpdateKeyPolicyDocument, {
      input: { organizationId, policy: { maximumLifetime: null, expiryRequired: true } },
    })
    expect(await find({ conformsToPolicy: false })).toEqual(['alpha'])
    await app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy: { expiryRequired: false } } })
  })

  it('finds a key by its new name and description, not by the old ones', async () => {
    await create('before', { description: 'old words' })
    await app.owner.run(UpdateKeyDocument, { input: { id: idOf('before'), name: 'After', description: 'New' } })
    expect(await find({ search: 'before' })).toEqual([])
    expect(await find({ search: 'old words' })).toEqual([])
    expect(await find({ search: 'AFTER' })).toEqual(['After'])
    expect(await find({ search: 'new' })).toEqual(['After'])
    await app.owner.run(UpdateKeyDocument, { input: { id: idOf('before'), description: null } })
    expect(await find({ search: 'new' })).toEqual([])
  })

  it('of personal keys can be filtered by the module in which their owner currently has a role', async () => {
    const { organizationId } = app
    const mine = (grants?: CreateApiKeyInput['grants']) => async (person: Person, name: string) =>
      person.client.run(CreatePersonalAccessKeyDocument, {
        input: { organizationId, name, ...(grants === undefined ? {} : { grants }) },
      })
    const ann = await app.person('Ann', [{ module: 'my_module', role: 'OPERATOR' }])
    await mine()(ann, 'all of it')
    await mine([])(ann, 'nothing of it')
    await mine([{ module: 'my_module', role: 'VIEWER' }])(ann, 'some of it')
    const findOf = async (module: string) => {
      const { organization } = await app.owner.run(PersonalAccessKeysDocument, {
        organizationId,
        filter: { module },
        first: 100,
      })
      const edges = organization?.personalAccessKeys?.edges ?? []
      return edges
        .map(({ node }) => node)
        .filter(({ owner }) => owner.name === 'Ann')
        .map(({ name }) => name)
        .sort()
    }
    expect(await findOf('my_module')).toEqual(['First key', 'all of it', 'some of it'])
    expect(await findOf('mymodule')).toEqual([])
    expect(await findOf('audit')).toEqual([])
  })
})
