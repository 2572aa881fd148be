import { beforeAll, describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  DefineModuleDocument,
  InviteMemberDocument,
  OrganizationByIdDocument,
  UpdateMemberDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn } from '../support/history.ts'
import { grant, memberIdOf, suborganization } from '../support/people.ts'

describe.each(ENGINES)('a module of a product on %s', (engine) => {
  let part: string
  let deep: string
  let moduleId: string
  const app = useApp({ engine })
  beforeAll(async () => {
    part = await suborganization(app, 'Part')
    deep = await suborganization(app, 'Deep', part)
    moduleId = (await define(app.owner, app.organizationId, 'build', 'Builds of apps.')).id
  })

  const define = async (client: TestClient, organizationId: string, name: string, description: string | null = null) =>
    (await client.run(DefineModuleDocument, { input: { organizationId, name, description } })).defineModule.module
  const refusal = async (client: TestClient, organizationId: string, name: string) =>
    (await client.fail(DefineModuleDocument, { input: { organizationId, name } })).extensions
  const modulesIn = async (organizationId: string) =>
    (await app.owner.run(OrganizationByIdDocument, { id: organizationId })).organization?.modules ?? []
  const BUILDER = grant('build:operator')

  it('is unknown in another tenant: it can be neither read nor granted there', async () => {
    const stranger = await app.stranger()
    const { organizationId } = stranger
    expect((await modulesIn(organizationId)).map(({ name }) => name)).toEqual(['audit', 'keys', 'members', 'tokens'])
    const memberId = await memberIdOf(app, stranger.owner.userId, organizationId)
    const { client } = stranger.owner
    const before = await changesIn(app)
    const errors = [
      await client.fail(CreateApiKeyDocument, { input: { organizationId, name: 'n', grants: [BUILDER] } }),
      await client.fail(InviteMemberDocument, { input: { organizationId, email: 'a@example.com', grants: [BUILDER] } }),
      await client.fail(UpdateMemberDocument, { input: { memberId, grants: [BUILDER] } }),
    ]
    for (const { extensions } of errors)
      expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: 'grants.0.module' }] })
    expect(await changesIn(app)).toEqual(before)
    const { errors: unseen } = await client.send('query ($id: ID!) { node(id: $id) { id } }', { id: moduleId })
    expect(unseen?.[0]?.extensions.code).toBe('NOT_FOUND')
    // There the name is free, and what it is given to is another module.
    expect((await define(client, organizationId, 'build')).id).not.toBe(moduleId)
  })

  it('is listed where it is defined and in all sub-organizations, after the built-in ones', async () => {
    const expected = [
      ...['audit', 'keys', 'members', 'tokens'].map((name) => ({ name, builtIn: true })),
      { id: moduleId, name: 'build', description: 'Builds of apps.', builtIn: false },
    ]
    for (const organizationId of [app.organizationId, part, deep])
      expect(await modulesIn(organizationId)).toMatchObject(expected)
  })

  it('can be granted to members and to keys, where it is defined and below', async () => {
    for (const organizationId of [app.organizationId, part, deep]) {
      const person = await app.person('Builder', [BUILDER, grant('keys:operator')], organizationId)
      const { viewer } = await person.client.run(ViewerGrantsDocument, { organizationId })
      expect(viewer.grants).toContainEqual(BUILDER)
      // It is granted on like any other: as far as it is held.
      const create = (text: string) => ({ input: { organizationId, name: text, grants: [grant(text)] } })
      const { createApiKey } = await person.client.run(CreateApiKeyDocument, create('build:operator'))
      expect(createApiKey.apiKey.grants).toEqual([BUILDER])
      const beyond = await person.client.fail(CreateApiKeyDocument, create('build:manager'))
      expect(beyond.extensions).toMatchObject({ code: 'FORBIDDEN', required: ['build:manager'] })
    }
  })

  it('can be defined in a root organization only, by its members:manager', async () => {
    const local = await app.person('Local', [grant('*:manager')], part)
    const viewer = await app.person('Viewer', [grant('*:operator')])
    const before = await changesIn(app)
    for (const client of [app.owner, local.client])
      expect(await refusal(client, part, 'release')).toMatchObject({
        code: 'BAD_USER_INPUT',
        issues: [{ path: 'organizationId' }],
      })
    expect(await refusal(local.client, app.organizationId, 'release')).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(viewer.client, app.organizationId, 'release')).toMatchObject({
      code: 'FORBIDDEN',
      required: ['members:manager'],
    })
    expect(await changesIn(app)).toEqual(before)
    const manager = await app.person('Manager', [grant('members:manager')])
    expect(await define(manager.client, app.organizationId, 'release')).toMatchObject({ name: 'release' })
  })

  it.each(['keys', 'members', 'audit', 'tokens', 'build'])('has a unique name: %s is a CONFLICT', async (name) => {
    const before = await changesIn(app)
    expect((await refusal(app.owner, app.organizationId, name)).code).toBe('CONFLICT')
    expect(await changesIn(app)).toEqual(before)
    expect((await modulesIn(app.organizationId)).filter((module) => module.name === name)).toHaveLength(1)
  })
})
