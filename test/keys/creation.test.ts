import { describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  type CreateApiKeyInput,
  CreateOrganizationDocument,
  CreatePersonalAccessKeyDocument,
  CreateProjectDocument,
  KeyByIdDocument,
  KeyUsageDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn, historyOf } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { keyAfterSignIn } from '../support/people.ts'

const DAY_MS = 86_400_000

describe.each(ENGINES)('creating a key on %s', (engine) => {
  const clock = new ManualClock()
  let count = 0
  const app = useApp({ engine, clock })

  const input = (more: Partial<CreateApiKeyInput> = {}): CreateApiKeyInput => {
    count += 1
    return { organizationId: app.organizationId, name: `key ${count}`, grants: [], ...more }
  }

  it('in an organization of another tenant is NOT_FOUND', async () => {
    const { organizationId, owner } = await app.stranger()
    const person = await app.person('Ann', [{ module: '*', role: 'OWNER' }])
    const error = await person.client.fail(CreateApiKeyDocument, { input: input({ organizationId }) })
    expect(error.extensions.code).toBe('NOT_FOUND')
    const personal = { organizationId, name: 'mine' }
    expect((await person.client.fail(CreatePersonalAccessKeyDocument, { input: personal })).extensions.code).toBe(
      'NOT_FOUND',
    )
    const inOurs = { input: input({ organizationId: app.organizationId }) }
    expect((await owner.client.fail(CreateApiKeyDocument, inOurs)).extensions.code).toBe('NOT_FOUND')
  })

  it('without a credential is UNAUTHENTICATED, whatever the input names', async () => {
    const personal = { organizationId: app.organizationId, name: 'mine' }
    const before = await changesIn(app)
    expect((await app.anonymous.fail(CreateApiKeyDocument, { input: input() })).extensions.code).toBe('UNAUTHENTICATED')
    expect((await app.anonymous.fail(CreatePersonalAccessKeyDocument, { input: personal })).extensions.code).toBe(
      'UNAUTHENTICATED',
    )
    expect(await changesIn(app)).toEqual(before)
  })

  it('of the kind API key needs keys:operator', async () => {
    const viewer = await app.person('Vera', [{ module: 'keys', role: 'VIEWER' }])
    const error = await viewer.client.fail(CreateApiKeyDocument, { input: input() })
    expect(error.extensions).toMatchObject({ code: 'FORBIDDEN', required: ['keys:operator'] })
    const operator = await app.person('Otto', [{ module: 'keys', role: 'OPERATOR' }])
    const { createApiKey } = await operator.client.run(CreateApiKeyDocument, { input: input() })
    const { key } = await app.owner.run(KeyUsageDocument, { id: createApiKey.apiKey.id })
    expect(key?.createdBy).toEqual({ kind: 'USER', id: operator.userId, name: 'Otto' })
  })

  it('stores every field, and appends an event', async () => {
    const { createProject } = await app.owner.run(CreateProjectDocument, {
      input: { organizationId: app.organizationId, name: 'Mobile' },
    })
    const { createApiKey } = await app.owner.run(CreateApiKeyDocument, {
      input: input({
        name: '  release pipeline ',
        description: ' signs builds\non Fridays ',
        projectId: createProject.project.id,
        grants: [
          { module: 'tokens', role: 'VIEWER' },
          { module: 'keys', role: 'VIEWER' },
          { module: 'keys', role: 'OPERATOR' },
        ],
        expiresIn: 'P60D',
        warnBefore: ['P1D', 'P10D', 'PT24H'],
        allowedIps: ['10.1.2.3/8', '2001:DB8::1', '10.0.0.0/8'],
        metadata: { team: 'mobile', builds: [1, 2.5, null, true, { '\u{1f511}': '' }] },
      }),
    })
    const { apiKey, secret } = createApiKey
    expect(apiKey).toEqual({
      id: expect.stringMatching(/^key_[0-9a-f]{32}$/),
      kind: 'API_KEY',
      name: 'release pipeline',
      description: 'signs builds\non Fridays',
      status: 'ACTIVE',
      grants: [
        { module: 'keys', role: 'OPERATOR' },
        { module: 'tokens', role: 'VIEWER' },
      ],
      createdAt: clock.now().toISOString(),
      expiresAt: new Date(clock.now().getTime() + 60 * DAY_MS).toISOString(),
      expiringSoon: false,
      warnBefore: ['P10D', 'P1D'],
      metadata: { team: 'mobile', builds: [1, 2.5, null, true, { '\u{1f511}': '' }] },
      revokedAt: null,
      revocationReason: null,
      secrets: [
        {
          hint: `kt_ak_...${secret.slice(-4)}`,
          state: 'CURRENT',
          createdAt: clock.now().toISOString(),
          validUntil: null,
          lastUsedAt: null,
        },
      ],
    })
    const { key } = await app.owner.run(KeyUsageDocument, { id: apiKey.id })
    expect(key?.allowedIps).toEqual(['10.0.0.0/8', '2001:db8::1/128'])
    const [event, ...rest] = await historyOf(app, apiKey.id)
    expect(rest).toEqual([])
    expect(event).toMatchObject({
      type: 'KEY_CREATED',
      targetId: apiKey.id,
      actor: { kind: 'USER', name: 'owner' },
      details: {
        kind: 'API_KEY',
        grants: ['keys:operator', 'tokens:viewer'],
        projectId: createProject.project.id,
        expiresAt: apiKey.expiresAt,
        allowedIps: ['10.0.0.0/8', '2001:db8::1/128'],
        hint: apiKey.secrets[0]?.hint,
      },
    })
  })

  it.each([
    ['API keys', 'ak'],
    ['personal access keys', 'pk'],
  ])('returns the secret of %s once, and it is valid', async (what, kind) => {
    const { organizationId } = app
    const { secret, id } =
      kind === 'ak'
        ? await app.apiKey()
        : await app.owner
            .run(CreatePersonalAccessKeyDocument, { input: { organizationId, name: what } })
            .then(({ createPersonalAccessKey: made }) => ({ secret: made.secret, id: made.personalAccessKey.id }))
    expect(secret).toMatch(new RegExp(`^kt_${kind}_[0-9A-Za-z]{49}$`))
    expect((await app.anonymous.with(secret).run(ViewerDocument, {})).viewer.key?.id).toBe(id)
    const seen = [
      await app.owner.run(KeyByIdDocument, { id }),
      await app.owner.run(KeyUsageDocument, { id }),
      await historyOf(app, id),
    ]
    expect(JSON.stringify(seen)).toContain(secret.slice(-4))
    expect(JSON.stringify(seen)).not.toContain(secret.slice(6, 30))
  })

  it.each([
    ['the default of the policy', {}, {}, 180 * DAY_MS],
    ['what was asked for', { expiresIn: 'PT1S' }, { expiresIn: 1 }, 1_000],
    ['for ever where that was asked for', { neverExpires: true }, { neverExpires: true }, null],
  ])('gives it the expiry %s', async (_, wish, lifetime, milliseconds) => {
    const expiresAt = milliseconds === null ? null : new Date(clock.now().getTime() + milliseconds).toISOString()
    const { createApiKey } = await app.owner.run(CreateApiKeyDocument, { input: input(wish) })
    expect(createApiKey.apiKey.expiresAt).toBe(expiresAt)
    const { viewer } = await app.owner.run(ViewerDocument, {})
    const { id } = await keyAfterSignIn(app, viewer.user?.id ?? '', { name: `key ${count}`, ...lifetime })
    expect((await app.owner.run(KeyByIdDocument, { id })).key?.expiresAt ?? null).toBe(expiresAt)
  })

  it.each([
    [{ expiresIn: 'P1D', neverExpires: true }],
    [{ expiresIn: 'P1D', expiresAt: '2026-07-01T00:00:00Z' }],
    [{ expiresAt: '2026-07-01T00:00:00Z', neverExpires: true }],
  ])('accepts at most one expiry: not %j', async (wishes) => {
    const before = await changesIn(app)
    const error = await app.owner.fail(CreateApiKeyDocument, { input: input(wishes) })
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'expiresAt' }] })
    const personal = { organizationId: app.organizationId, name: 'wishes', ...wishes }
    const other = await app.owner.fail(CreatePersonalAccessKeyDocument, { input: personal })
    expect(other.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'expiresAt' }] })
    expect(await changesIn(app)).toEqual(before)
  })

  it.each([
    ['an owner', [{ module: '*', role: 'OWNER' }], 'grants.0.role'],
    ['an owner of one module', [{ module: 'keys', role: 'OWNER' }], 'grants.0.role'],
    ['a module that nobody defined', [{ module: 'build', role: 'VIEWER' }], 'grants.0.module'],
    [
      'a module by a name that only looks alike',
      [
        { module: 'keys', role: 'VIEWER' },
        { module: 'Keys', role: 'VIEWER' },
      ],
      'grants.1.module',
    ],
  ] as const)('rejects %s', async (_, grants, path) => {
    const before = await changesIn(app)
    const error = await app.owner.fail(CreateApiKeyDocument, { input: input({ grants: [...grants] }) })
    expect(error.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
    const personal = { organizationId: app.organizationId, name: 'too much', grants: [...grants] }
    const other = await app.owner.fail(CreatePersonalAccessKeyDocument, { input: personal })
    expect(other.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path }] })
    expect(await changesIn(app)).toEqual(before)
  })

  it('at the same time as others succeeds or fails by itself', async () => {
    const person = await app.person('Grouped', [{ module: '*', role: 'OWNER' }])
    const inputs = [
      input({ name: 'twin' }),
      input({ name: 'twin' }),
      input({ grants: [{ module: 'nowhere', role: 'VIEWER' }] }),
      input({ expiresIn: 'PT1H' }),
      input({ projectId: app.organizationId.replace('org', 'prj') }),
      input(),
    ]
    const made = await Promise.allSettled(inputs.map((one) => person.client.run(CreateApiKeyDocument, { input: one })))
    expect(made.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    const names = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.createApiKey.apiKey.name] : []))
    expect(names).toEqual(['twin', inputs[3]?.name, inputs[5]?.name])
  })

  it('accepts only a project of the organization', async () => {
    const { organizationId } = app
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: 'Below', parentId: organizationId },
    })
    const below = createOrganization.organization.id
    const stranger = await app.stranger()
    const projectOf = async (owner: string) =>
      (await app.owner.run(CreateProjectDocument, { input: { organizationId: owner, name: 'P' } })).createProject
        .project.id
    for (const owner of [stranger.organizationId, below]) {
      const projectId = await projectOf(owner)
      const error = await app.owner.fail(CreateApiKeyDocument, { input: input({ projectId }) })
      expect(error.extensions.code).toBe('NOT_FOUND')
    }
    const projectId = await projectOf(organizationId)
    const { createApiKey } = await app.owner.run(CreateApiKeyDocument, { input: input({ projectId }) })
    const { data } = await app.owner.send('query ($id: ID!) { key(id: $id) { project { id organization { id } } } }', {
      id: createApiKey.apiKey.id,
    })
    expect(data).toEqual({ key: { project: { id: projectId, organization: { id: organizationId } } } })
  })
})
