import { describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  CreateOrganizationDocument,
  CreatePersonalAccessKeyDocument,
  CreateProjectDocument,
  DefineModuleDocument,
  InviteMemberDocument,
  MembersDocument,
  OrganizationByIdDocument,
  UpdateKeyPolicyDocument,
  ViewerDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { schema } from '../../src/graphql-server/schema.ts'
import { useApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn } from '../support/history.ts'
import { grant, grantText, membersOf, suborganization } from '../support/people.ts'
import { eventsOf } from '../support/tokens.ts'

it('nothing in the schema deletes an organization, a project or a module', () => {
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {})
  expect(mutations).toEqual(expect.arrayContaining(['createOrganization', 'createProject', 'defineModule']))
  expect(mutations.filter((name) => /^(delete|remove|archive).*(organization|project|module)/i.test(name))).toEqual([])
})

describe.each(ENGINES)('an organization on %s', (engine) => {
  const app = useApp({ engine })

  const grantsOf = async (client: TestClient, organizationId: string) =>
    (await client.run(ViewerGrantsDocument, { organizationId })).viewer.grants.map(grantText)
  const read = async (client: TestClient, id: string) =>
    (await client.run(OrganizationByIdDocument, { id })).organization

  it('is NOT_FOUND for callers of another tenant, a sibling or a sub-organization', async () => {
    const part = await suborganization(app, 'Part')
    const beside = await suborganization(app, 'Beside')
    const stranger = (await app.stranger()).owner.client
    const local = (await app.person('Local', [grant('*:manager')], part)).client
    const before = await changesIn(app)
    const places: [TestClient, string][] = [
      [stranger, app.organizationId],
      [stranger, part],
      [local, app.organizationId],
      [local, beside],
    ]
    for (const [client, organizationId] of places) {
      const errors = [
        await client.fail(OrganizationByIdDocument, { id: organizationId }),
        await client.fail(MembersDocument, { organizationId }),
        await client.fail(CreateOrganizationDocument, { input: { name: 'n', parentId: organizationId } }),
        await client.fail(CreateProjectDocument, { input: { name: 'n', organizationId } }),
        await client.fail(DefineModuleDocument, { input: { name: 'n', organizationId } }),
        await client.fail(InviteMemberDocument, { input: { email: 'a@example.com', grants: [], organizationId } }),
        await client.fail(UpdateKeyPolicyDocument, { input: { policy: { expiryRequired: true }, organizationId } }),
      ]
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(Array(7).fill('NOT_FOUND'))
    }
    expect(await changesIn(app)).toEqual(before)
    expect((await read(local, part))?.parent).toBeNull()
  })

  it('inherits grants to all its descendants, and not to its ancestors', async () => {
    const part = await suborganization(app, 'Middle')
    const deep = await suborganization(app, 'Bottom', part)
    const above = await app.person('Above', [grant('keys:manager')])
    const middle = await app.person('Middle', [grant('keys:operator'), grant('audit:viewer')], part)
    expect(await grantsOf(above.client, deep)).toEqual(['keys:manager'])
    expect(await grantsOf(middle.client, deep)).toEqual(['audit:viewer', 'keys:operator'])
    for (const { client } of [above, middle])
      await client.run(CreateApiKeyDocument, {
        input: { organizationId: deep, name: `of ${await grantsOf(client, deep)}`, grants: [] },
      })
    const seenIn = async (organizationId: string) =>
      (await membersOf(app.owner, organizationId))
        .filter(({ user }) => [above.userId, middle.userId].includes(user.id))
        .map(({ user, inherited, organization }) => [user.name, inherited, organization.id])
    expect(await seenIn(app.organizationId)).toEqual([['Above', false, app.organizationId]])
    expect(await seenIn(part)).toEqual([
      ['Above', true, app.organizationId],
      ['Middle', false, part],
    ])
    expect(await seenIn(deep)).toEqual([
      ['Above', true, app.organizationId],
      ['Middle', true, part],
    ])
  })

  it('lists its parent and its sub-organizations, by name', async () => {
    const top = await suborganization(app, 'Top')
    const beta = await suborganization(app, 'Beta', top)
    const alpha = await suborganization(app, 'Alpha', top)
    await suborganization(app, 'Further down', alpha)
    expect(await read(app.owner, top)).toMatchObject({
      parent: { id: app.organizationId },
      suborganizations: [
        { id: alpha, name: 'Alpha' },
        { id: beta, name: 'Beta' },
      ],
    })
    expect((await read(app.owner, app.organizationId))?.parent).toBeNull()
  })

  it('can be nested eight levels deep, and its owner is also the owner of the deepest', async () => {
    let parentId = app.organizationId
    for (let level = 2; level <= 8; level += 1) parentId = await suborganization(app, `Level ${level}`, parentId)
    const before = await changesIn(app)
    const error = await app.owner.fail(CreateOrganizationDocument, { input: { name: 'Level 9', parentId } })
    expect(error.extensions.code).toBe('LIMIT_REACHED')
    expect(await changesIn(app)).toEqual(before)
    expect(await grantsOf(app.owner, parentId)).toEqual(['*:owner'])
  })

  it('can be created below another one with members:manager there, and is managed by the same callers', async () => {
    const viewer = await app.person('Viewer', [grant('*:operator')])
    const manager = await app.person('Manager', [grant('members:manager')])
    const input = { name: 'Of the manager', parentId: app.organizationId }
    const refused = await viewer.client.fail(CreateOrganizationDocument, { input })
    expect(refused.extensions).toMatchObject({ code: 'FORBIDDEN', required: ['members:manager'] })
    const { createOrganization } = await manager.client.run(CreateOrganizationDocument, { input })
    expect(await grantsOf(manager.client, createOrganization.organization.id)).toEqual(['members:manager'])
  })

  it('can be created as a root only by a server owner, who becomes its owner', async () => {
    const { organizationId } = app
    const narrowed = await app.owner.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId, name: 'narrow', grants: [grant('*:manager')] },
    })
    const others = [
      (await app.stranger()).owner.client,
      (await app.person('Second Owner', [grant('*:owner')])).client,
      (await app.apiKey({ grants: [grant('*:manager')] })).client,
      app.anonymous.with(narrowed.createPersonalAccessKey.secret),
    ]
    const before = await changesIn(app)
    for (const client of others) {
      const error = await client.fail(CreateOrganizationDocument, { input: { name: 'Mine' } })
      expect(error.extensions).toMatchObject({ code: 'FORBIDDEN', required: ['*:owner'] })
    }
    expect(await changesIn(app)).toEqual(before)
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, { input: { name: 'Another root' } })
    const { id, parent } = createOrganization.organization
    expect(parent).toBeNull()
    const { viewer } = await app.owner.run(ViewerDocument, {})
    expect(viewer.organizations.map((organization) => organization.id)).toContain(id)
    expect(await grantsOf(app.owner, id)).toEqual(['*:owner'])
    expect(await membersOf(app.owner, id)).toMatchObject([{ inherited: false, user: { id: viewer.user?.id } }])
    expect((await eventsOf(app, {}, id)).reverse().map(({ type, actor }) => [type, actor.id])).toEqual([
      ['ORGANIZATION_CREATED', viewer.user?.id],
      ['MEMBER_JOINED', viewer.user?.id],
    ])
  })

  it('starts its own audit log with its creation, followed by its projects and modules', async () => {
    const { viewer } = await app.owner.run(ViewerDocument, {})
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, { input: { name: 'Told of' } })
    const { id } = createOrganization.organization
    const { createProject } = await app.owner.run(CreateProjectDocument, {
      input: { organizationId: id, name: 'Mobile app' },
    })
    const { defineModule } = await app.owner.run(DefineModuleDocument, {
      input: { organizationId: id, name: 'build', description: 'Builds of apps.' },
    })
    const part = await suborganization(app, 'Part of it', id)
    const told = async (organizationId: string) =>
      (await eventsOf(app, {}, organizationId))
        .reverse()
        .filter(({ type }) => type !== 'MEMBER_JOINED')
        .map(({ type, actor, targetId, targetName, details }) => [type, actor.id, targetId, targetName, details])
    const by = viewer.user?.id
    expect(await told(id)).toEqual([
      ['ORGANIZATION_CREATED', by, id, 'Told of', { slug: 'told-of', parentId: null }],
      ['PROJECT_CREATED', by, createProject.project.id, 'Mobile app', { slug: 'mobile-app' }],
      ['MODULE_DEFINED', by, defineModule.module.id, 'build', { description: 'Builds of apps.' }],
    ])
    expect(await told(part)).toEqual([
      ['ORGANIZATION_CREATED', by, part, 'Part of it', { slug: 'part-of-it', parentId: id }],
    ])
    expect((await read(app.owner, id))?.projects).toEqual([
      { id: createProject.project.id, name: 'Mobile app', slug: 'mobile-app' },
    ])
  })
})
