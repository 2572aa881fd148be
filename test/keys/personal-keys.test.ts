import { describe, expect, it } from 'vitest'
import {
  CreateApiKeyDocument,
  CreateOrganizationDocument,
  CreatePersonalAccessKeyDocument,
  type GrantInput,
  KeyByIdDocument,
  KeyUsageDocument,
  MembersDocument,
  PersonalAccessKeysDocument,
  RemoveMemberDocument,
  RevokeKeyDocument,
  UpdateKeyDocument,
  UpdateMemberDocument,
  ViewerDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { type Person, useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { historyOf } from '../support/history.ts'
import { keyAfterSignIn } from '../support/people.ts'

const grant = (text: string): GrantInput => {
  const [module = '', role = ''] = text.split(':')
  return { module, role: role.toUpperCase() as GrantInput['role'] }
}

describe.each(ENGINES)('a personal access key on %s', (engine) => {
  const app = useApp({ engine })

  const make = async (person: Person, name: string, grants?: string[], organizationId = app.organizationId) => {
    const { createPersonalAccessKey } = await person.client.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId, name, ...(grants === undefined ? {} : { grants: grants.map(grant) }) },
    })
    const { personalAccessKey: key, secret } = createPersonalAccessKey
    return { id: key.id, key, secret, client: app.anonymous.with(secret) }
  }
  const memberIdOf = async ({ userId }: Person, organizationId = app.organizationId) => {
    const { organization } = await app.owner.run(MembersDocument, { organizationId, first: 100 })
    return organization?.members?.edges.find(({ node }) => node.user.id === userId)?.node.id ?? ''
  }
  const setGrants = async (person: Person, ...grants: string[]) =>
    app.owner.run(UpdateMemberDocument, { input: { memberId: await memberIdOf(person), grants: grants.map(grant) } })
  const grantsOf = async (client: Person['client'], organizationId = app.organizationId) => {
    const { viewer } = await client.run(ViewerGrantsDocument, { organizationId })
    return viewer.grants.map(({ module, role }) => `${module}:${role.toLowerCase()}`)
  }

  it('of another organization cannot be read', async () => {
    const { owner } = await app.stranger()
    const ann = await app.person('Ann', [grant('keys:viewer')])
    expect((await owner.client.fail(KeyByIdDocument, { id: ann.keyId })).extensions.code).toBe('NOT_FOUND')
    expect((await ann.client.fail(KeyByIdDocument, { id: owner.keyId })).extensions.code).toBe('NOT_FOUND')
  })

  it('belongs to its creator, and can be read by them and by managers only', async () => {
    const ann = await app.person('Ann', [])
    const { id, key } = await make(ann, 'laptop')
    expect(key.kind).toBe('PERSONAL_ACCESS_KEY')
    const colleague = await app.person('Ben', [grant('keys:operator'), grant('members:manager')])
    const refusal = await colleague.client.fail(KeyByIdDocument, { id })
    expect(refusal.extensions).toMatchObject({ code: 'FORBIDDEN', required: ['keys:manager'] })
    const list = { organizationId: app.organizationId }
    expect((await colleague.client.fail(PersonalAccessKeysDocument, list)).extensions.required).toEqual([
      'keys:manager',
    ])
    const manager = await app.person('Cleo', [grant('keys:manager')])
    expect((await manager.client.run(KeyUsageDocument, { id })).key?.createdBy?.id).toBe(ann.userId)
    const { organization } = await manager.client.run(PersonalAccessKeysDocument, list)
    const listed = organization?.personalAccessKeys?.edges.find(({ node }) => node.id === id)?.node
    expect(listed?.owner).toEqual({ id: ann.userId, name: 'Ann' })
    const own = await ann.client.run(ViewerDocument, {})
    expect(own.viewer.personalAccessKeys.map((one) => one.id).sort()).toEqual([ann.keyId, id].sort())
    expect((await ann.client.run(KeyUsageDocument, { id })).key).toMatchObject({ lastUsedFrom: [], allowedIps: [] })
  })

  it('has exactly the current grants of its owner', async () => {
    const ann = await app.person('Ann', [grant('keys:operator'), grant('audit:viewer')])
    const { client, id } = await keyAfterSignIn(app, ann.userId, { name: 'all' })
    expect(await grantsOf(client)).toEqual(['audit:viewer', 'keys:operator'])
    await setGrants(ann, 'keys:viewer')
    expect(await grantsOf(client)).toEqual(['keys:viewer'])
    const create = { input: { organizationId: app.organizationId, name: 'no longer', grants: [] } }
    expect((await client.fail(CreateApiKeyDocument, create)).extensions.required).toEqual(['keys:operator'])
    await setGrants(ann, 'keys:manager')
    expect(await grantsOf(client)).toEqual(['keys:manager'])
    const { key } = await client.run(KeyByIdDocument, { id })
    expect(key?.grants).toEqual([{ module: 'keys', role: 'MANAGER' }])
  })

  it('that is narrowed keeps its grants, loses those that its owner loses, and gains none', async () => {
    const ann = await app.person('Ann', [grant('*:manager')])
    const { client, key, id } = await make(ann, 'narrow', ['keys:operator', 'audit:viewer'])
    expect(key.grants.map(({ module, role }) => `${module}:${role}`)).toEqual(['audit:VIEWER', 'keys:OPERATOR'])
    expect(await grantsOf(client)).toEqual(['audit:viewer', 'keys:operator'])
    await setGrants(ann, 'keys:viewer')
    expect(await grantsOf(client)).toEqual(['keys:viewer'])
    expect((await app.owner.run(KeyByIdDocument, { id })).key?.grants).toEqual([{ module: 'keys', role: 'VIEWER' }])
    await setGrants(ann, '*:owner')
    expect(await grantsOf(client)).toEqual(['audit:viewer', 'keys:operator'])
  })

  it('that is narrowed to nothing identifies its caller, and has no rights', async () => {
    const ann = await app.person('Ann', [grant('*:manager')])
    const { client } = await make(ann, 'nothing', [])
    expect(await grantsOf(client)).toEqual([])
    expect((await client.run(ViewerDocument, {})).viewer.user?.id).toBe(ann.userId)
    const list = { organizationId: app.organizationId }
    expect((await client.fail(PersonalAccessKeysDocument, list)).extensions.code).toBe('FORBIDDEN')
  })

  it('can be narrowed later, and the event names the change', async () => {
    const ann = await app.person('Ann', [grant('*:manager')])
    const { client, id } = await keyAfterSignIn(app, ann.userId, { name: 'later' })
    await client.run(UpdateKeyDocument, { input: { id, grants: [grant('audit:viewer')] } })
    expect(await grantsOf(client)).toEqual(['audit:viewer'])
    expect((await historyOf(app, id)).at(-1)).toMatchObject({
      type: 'KEY_UPDATED',
      details: { ownerId: ann.userId, changes: { grants: { from: null, to: ['audit:viewer'] } } },
    })
  })

  it('is valid in its organization and below, not above', async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: 'Below', parentId: app.organizationId },
    })
    const below = createOrganization.organization.id
    const ann = await app.person('Ann', [grant('keys:manager')])
    const { client } = await make(ann, 'below', undefined, below)
    expect(await grantsOf(client, below)).toEqual(['keys:manager'])
    const above = { organizationId: app.organizationId }
    expect((await client.fail(ViewerGrantsDocument, above)).extensions.code).toBe('NOT_FOUND')
    const input = { ...above, name: 'further up' }
    expect((await client.fail(CreatePersonalAccessKeyDocument, { input })).extensions.code).toBe('NOT_FOUND')
  })

  it('is revoked with the membership that it belongs to', async () => {
    const ann = await app.person('Ann', [grant('keys:viewer')])
    const { client, id } = await make(ann, 'leaving')
    await client.run(ViewerDocument, {})
    const { removeMember } = await app.owner.run(RemoveMemberDocument, { memberId: await memberIdOf(ann) })
    expect([...removeMember.revokedKeyIds].sort()).toEqual([ann.keyId, id].sort())
    for (const dead of [client, ann.client])
      expect((await dead.fail(ViewerDocument, {})).extensions.code).toBe('UNAUTHENTICATED')
    const { key } = await app.owner.run(KeyByIdDocument, { id })
    expect(key).toMatchObject({ status: 'REVOKED', revocationReason: 'OWNER_LEFT', grants: [] })
    expect((await historyOf(app, id)).map(({ type }) => type)).toEqual(['KEY_CREATED', 'KEY_REVOKED', 'ACCESS_DENIED'])
  })

  it('stays valid in a sub-organization where its owner still is a member', async () => {
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: 'Still', parentId: app.organizationId },
    })
    const below = createOrganization.organization.id
    const ann = await app.person('Ann', [grant('audit:viewer')], below)
    const { client } = await keyAfterSignIn(app, ann.userId, { name: 'below', organizationId: below })
    const { data } = await app.owner.send<{ inviteMember: { invitationToken: string } }>(
      'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { invitationToken } }',
      {
        input: {
          organizationId: app.organizationId,
          email: (await ann.client.run(ViewerDocument, {})).viewer.user?.email,
          grants: [grant('keys:viewer')],
        },
      },
    )
    await app.anonymous.send(
      'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { secret } }',
      {
        input: { invitationToken: data?.inviteMember.invitationToken, name: 'Ann' },
      },
    )
    expect(await grantsOf(client, below)).toEqual(['audit:viewer', 'keys:viewer'])
    await app.owner.run(RemoveMemberDocument, { memberId: await memberIdOf(ann) })
    expect(await grantsOf(client, below)).toEqual(['audit:viewer'])
  })

  it('gives no lasting rights to an API key that its owner created, which stays valid', async () => {
    const ann = await app.person('Ann', [grant('keys:operator')])
    const { createApiKey } = await ann.client.run(CreateApiKeyDocument, {
      input: { organizationId: app.organizationId, name: 'robot', grants: [grant('keys:viewer')] },
    })
    await app.owner.run(RemoveMemberDocument, { memberId: await memberIdOf(ann) })
    const robot = app.anonymous.with(createApiKey.secret)
    expect((await robot.run(ViewerDocument, {})).viewer).toMatchObject({ kind: 'API_KEY', user: null })
    await app.owner.run(RevokeKeyDocument, { input: { id: createApiKey.apiKey.id } })
  })
})
