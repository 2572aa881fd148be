import { isInputObjectType } from 'graphql'
import { describe, expect, it } from 'vitest'
import {
  AcceptInvitationDocument,
  CancelRotationDocument,
  CompleteRotationDocument,
  CreateApiKeyDocument,
  CreateOrganizationDocument,
  CreatePersonalAccessKeyDocument,
  type GrantInput,
  InviteMemberDocument,
  KeyByIdDocument,
  MembersDocument,
  RotateKeyDocument,
  UpdateKeyDocument,
  UpdateMemberDocument,
  ViewerDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { schema } from '../../src/graphql-server/schema.ts'
import { type Person, useApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { changesIn, typesOf } from '../support/history.ts'

const grant = (text: string): GrantInput => {
  const [module = '', role = ''] = text.split(':')
  return { module, role: role.toUpperCase() as GrantInput['role'] }
}

describe('no input that creates or changes a key', () => {
  it('names its owner, which follows from the caller and the key', () => {
    const names = Object.values(schema.getTypeMap())
      .filter(isInputObjectType)
      .filter(({ name }) => /^(?:KeyId|Create|Update|Rotate|Revoke)\w*Key\w*Input$|^KeyIdInput$/.test(name))
      .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`))
    expect(names).toContain('CreatePersonalAccessKeyInput.name')
    expect(
      names.filter((name) => /\.(?:.*user|.*owner|.*member|.*email|createdBy|actor|secret|hash)/i.test(name)),
    ).toEqual([])
  })
})

describe('no caller can escalate their grants', () => {
  let count = 0
  const app = useApp()

  const api = (...grants: string[]) => {
    count += 1
    return { input: { organizationId: app.organizationId, name: `key ${count}`, grants: grants.map(grant) } }
  }
  const personal = (person: Person | { client: TestClient }, grants?: string[]) => {
    count += 1
    const input = { organizationId: app.organizationId, name: `key ${count}` }
    const narrowed = grants === undefined ? {} : { grants: grants.map(grant) }
    return person.client.run(CreatePersonalAccessKeyDocument, { input: { ...input, ...narrowed } }).then((data) => ({
      id: data.createPersonalAccessKey.personalAccessKey.id,
      client: app.anonymous.with(data.createPersonalAccessKey.secret),
    }))
  }
  const memberIdOf = async ({ userId }: Person) => {
    const { organization } = await app.owner.run(MembersDocument, { organizationId: app.organizationId, first: 100 })
    return organization?.members?.edges.find(({ node }) => node.user.id === userId)?.node.id ?? ''
  }
  const grantsOf = async (client: TestClient) => {
    const { viewer } = await client.run(ViewerGrantsDocument, { organizationId: app.organizationId })
    return viewer.grants.map(({ module, role }) => `${module}:${role.toLowerCase()}`)
  }
  const refused = async (attempt: Promise<{ extensions: { code: string; required?: readonly string[] } }>) => {
    const { code, required } = (await attempt).extensions
    expect(code).toBe('FORBIDDEN')
    return required
  }

  it.each([
    ['another module', 'audit:viewer'],
    ['a higher role', 'keys:manager'],
    ['all modules', '*:viewer'],
  ])('by creating an API key with %s', async (_, wanted) => {
    const operator = await app.person('Otto', [grant('keys:operator')])
    const robot = await app.apiKey({ grants: [grant('keys:operator')] })
    const before = await changesIn(app)
    for (const { client } of [operator, robot]) {
      expect(await refused(client.fail(CreateApiKeyDocument, api('keys:viewer', wanted)))).toEqual([wanted])
      await client.run(CreateApiKeyDocument, api('keys:operator'))
    }
    const narrowed = await personal(operator, ['keys:viewer'])
    expect(await refused(narrowed.client.fail(CreateApiKeyDocument, api()))).toEqual(['keys:operator'])
    expect(before).not.toEqual(await changesIn(app))
  })

  it.each([
    ['another module', 'audit:viewer'],
    ['a higher role', 'keys:manager'],
    ['all modules', '*:viewer'],
  ])('by changing, rotating or taking over an API key with %s', async (_, more) => {
    const robot = await app.apiKey({ grants: [grant('keys:operator')] })
    const operator = await app.person('Otto', [grant('keys:operator')])
    const strong = await app.apiKey({ grants: [grant('keys:viewer'), grant(more)] })
    const weak = await app.apiKey({ grants: [grant('keys:viewer')] })
    await app.owner.run(RotateKeyDocument, { input: { id: strong.id } })
    const before = await changesIn(app)
    for (const { client } of [operator, robot]) {
      const { id } = strong
      expect(await refused(client.fail(RotateKeyDocument, { input: { id } }))).toEqual([more])
      expect(await refused(client.fail(CompleteRotationDocument, { id }))).toEqual([more])
      expect(await refused(client.fail(CancelRotationDocument, { id }))).toEqual([more])
      expect(await refused(client.fail(UpdateKeyDocument, { input: { id, name: 'mine' } }))).toEqual([more])
      const widen = { input: { id: weak.id, grants: [grant('keys:viewer'), grant(more)] } }
      expect(await refused(client.fail(UpdateKeyDocument, widen))).toEqual([more])
    }
    expect(await changesIn(app)).toEqual(before)
    await operator.client.run(UpdateKeyDocument, { input: { id: weak.id, grants: [grant('keys:operator')] } })
    await robot.client.run(RotateKeyDocument, { input: { id: weak.id } })
  })

  it('as an API key by creating a personal key, or by changing itself', async () => {
    const robot = await app.apiKey({ grants: [grant('*:manager')] })
    const input = { organizationId: app.organizationId, name: 'mine' }
    await refused(robot.client.fail(CreatePersonalAccessKeyDocument, { input }))
    const weak = await app.apiKey({ grants: [grant('keys:viewer')] })
    const widen = { input: { id: weak.id, allowedIps: [] } }
    expect(await refused(weak.client.fail(UpdateKeyDocument, widen))).toEqual(['keys:operator'])
    const ann = await app.person('Ann', [])
    for (const id of [ann.keyId]) {
      await refused(robot.client.fail(RotateKeyDocument, { input: { id } }))
      await refused(robot.client.fail(UpdateKeyDocument, { input: { id, name: 'mine' } }))
      await refused(robot.client.fail(CancelRotationDocument, { id }))
    }
  })

  it("by changing or rotating another person's personal key, even as an owner of the organization", async () => {
    const ann = await app.person('Ann', [])
    const boss = await app.person('Boss', [grant('*:owner')])
    await ann.client.run(RotateKeyDocument, { input: { id: ann.keyId } })
    const before = await changesIn(app)
    for (const client of [boss.client, app.owner]) {
      await refused(client.fail(RotateKeyDocument, { input: { id: ann.keyId } }))
      await refused(client.fail(CompleteRotationDocument, { id: ann.keyId }))
      await refused(client.fail(CancelRotationDocument, { id: ann.keyId }))
      await refused(client.fail(UpdateKeyDocument, { input: { id: ann.keyId, name: 'mine' } }))
    }
    expect(await changesIn(app)).toEqual(before)
  })

  it('with a narrowed personal key by creating, widening or rotating another one', async () => {
    const ann = await app.person('Ann', [grant('*:manager')])
    const narrow = await personal(ann, ['keys:viewer'])
    const wide = await personal(ann, ['keys:viewer', 'audit:manager'])
    // What it makes is as narrow as it is, asked for or not.
    expect(await grantsOf((await personal(narrow)).client)).toEqual(['keys:viewer'])
    const asked = { organizationId: app.organizationId, name: 'asked', grants: [grant('audit:viewer')] }
    expect(await refused(narrow.client.fail(CreatePersonalAccessKeyDocument, { input: asked }))).toEqual([
      'audit:viewer',
    ])
    const before = await changesIn(app)
    for (const { id } of [wide, { id: ann.keyId }]) {
      await refused(narrow.client.fail(RotateKeyDocument, { input: { id } }))
      await refused(narrow.client.fail(UpdateKeyDocument, { input: { id, allowedIps: [] } }))
    }
    const itself = { input: { id: narrow.id, grants: [grant('*:manager')] } }
    expect(await refused(narrow.client.fail(UpdateKeyDocument, itself))).toEqual(['*:manager'])
    expect(await changesIn(app)).toEqual(before)
    // It may rotate itself, and stays as narrow as it was.
    const { rotateKey } = await narrow.client.run(RotateKeyDocument, { input: { id: narrow.id } })
    expect(await grantsOf(app.anonymous.with(rotateKey.secret))).toEqual(['keys:viewer'])
  })

  it.each([
    ['that was not narrowed', undefined],
    ['that was narrowed less', ['keys:viewer', 'audit:viewer']],
  ])('with a narrowed personal key by taking over one %s while its owner has no more grants', async (_, grants) => {
    const ann = await app.person('Ann', [grant('*:manager')])
    const narrow = await personal(ann, ['keys:viewer'])
    const wide = await personal(ann, grants)
    const memberId = await memberIdOf(ann)
    // For now both keys may do the same, but only one of them will grow again with its owner.
    await app.owner.run(UpdateMemberDocument, { input: { memberId, grants: [grant('keys:viewer')] } })
    await refused(narrow.client.fail(RotateKeyDocument, { input: { id: wide.id } }))
    await refused(narrow.client.fail(UpdateKeyDocument, { input: { id: wide.id, allowedIps: [] } }))
    await app.owner.run(UpdateMemberDocument, { input: { memberId, grants: [grant('*:manager')] } })
    expect(await grantsOf(narrow.client)).toEqual(['keys:viewer'])
    await wide.client.run(RotateKeyDocument, { input: { id: wide.id } })
  })

  it('with a key that is issued to someone else by accepting their invitation', async () => {
    const { organizationId } = app
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, {
      input: { name: 'Part', parentId: organizationId },
    })
    const part = createOrganization.organization.id
    const ada = await app.person('Ada', [grant('*:owner')], part)
    const email = (await ada.client.run(ViewerDocument, {})).viewer.user?.email ?? ''
    const mallory = await app.person('Mallory', [grant('members:manager'), grant('audit:viewer')])
    const { inviteMember } = await mallory.client.run(InviteMemberDocument, {
      input: { organizationId, email, grants: [grant('audit:viewer')] },
    })
    const { acceptInvitation } = await app.anonymous.run(AcceptInvitationDocument, {
      input: { invitationToken: inviteMember.invitationToken, name: 'Not Ada' },
    })
    expect(acceptInvitation.user).toEqual({ id: ada.userId, name: 'Ada' })
    const minted = app.anonymous.with(acceptInvitation.secret)
    expect(await grantsOf(minted)).toEqual(['audit:viewer'])
    // In the part of which Ada is the owner it is no more than that either.
    const { viewer } = await minted.run(ViewerGrantsDocument, { organizationId: part })
    expect(viewer.grants).toEqual([{ module: 'audit', role: 'VIEWER' }])
    const made = await personal({ client: minted })
    expect(await grantsOf(made.client)).toEqual(['audit:viewer'])
    await refused(minted.fail(RotateKeyDocument, { input: { id: ada.keyId } }))
    const input = { organizationId: part, name: 'robot', grants: [] }
    expect(await refused(minted.fail(CreateApiKeyDocument, { input }))).toEqual(['keys:operator'])
    // The service's own owner cannot be robbed of what reaches every organization either.
    const owner = (await app.owner.run(ViewerDocument, {})).viewer.user?.email ?? ''
    const again = { input: { organizationId, email: owner, grants: [grant('audit:viewer')] } }
    expect((await mallory.client.fail(InviteMemberDocument, again)).extensions.code).toBe('CONFLICT')
  })

  it.each(['userId', 'ownerId', 'memberId'])('by naming a person in a field %s that does not exist', async (field) => {
    const ann = await app.person('Ann', [])
    const mutation =
      'mutation ($input: CreatePersonalAccessKeyInput!) { createPersonalAccessKey(input: $input) { secret } }'
    const input = { organizationId: app.organizationId, name: 'theirs', [field]: ann.userId }
    const before = await changesIn(app)
    for (const client of [app.anonymous, app.owner]) {
      const { errors } = await client.send(mutation, { input })
      expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT')
    }
    expect(await changesIn(app)).toEqual(before)
  })

  it('and an attempt does not change the key', async () => {
    const operator = await app.person('Otto', [grant('keys:operator')])
    const strong = await app.apiKey({ grants: [grant('*:manager')], name: 'strong' })
    await operator.client.fail(RotateKeyDocument, { input: { id: strong.id, overlap: 'PT0S' } })
    await operator.client.fail(UpdateKeyDocument, { input: { id: strong.id, grants: [] } })
    const { key } = await app.owner.run(KeyByIdDocument, { id: strong.id })
    expect(key).toMatchObject({ name: 'strong', grants: [{ module: '*', role: 'MANAGER' }] })
    expect(key?.secrets).toHaveLength(1)
    expect((await strong.client.run(ViewerDocument, {})).viewer.key?.id).toBe(strong.id)
    expect(await typesOf(app, strong.id)).not.toContain('KEY_ROTATED')
  })
})
