import { describe, expect, it } from 'vitest'
import {
  CreateOrganizationDocument,
  CreatePersonalAccessKeyDocument,
  InviteMemberDocument,
  RemoveMemberDocument,
  UpdateMemberDocument,
} from '../../src/generated/graphql.ts'
import { type Person, useApp } from '../support/boot.ts'
import type { ResponseError, TestClient } from '../support/client.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn } from '../support/history.ts'
import { codeOf, grant, grantText, memberIdOf, membersOf, suborganization } from '../support/people.ts'

/** Each race is run so many times: which side wins is for chance to decide. */
const ROUNDS = 4
const OWNER = [grant('*:owner')]

describe.each(ENGINES)('the management of members on %s', (engine) => {
  let count = 0
  const app = useApp({ engine })

  const invites = (client: TestClient, grants: string[], organizationId = app.organizationId) => {
    count += 1
    const input = { organizationId, email: `guest.${count}@example.com`, grants: grants.map(grant) }
    return client.fail(InviteMemberDocument, { input })
  }
  const updates = (client: TestClient, memberId: string, ...grants: string[]) =>
    client.fail(UpdateMemberDocument, { input: { memberId, grants: grants.map(grant) } })
  const removes = (client: TestClient, memberId: string) => client.fail(RemoveMemberDocument, { memberId })
  const lacking = ({ extensions }: ResponseError) => [extensions.code, ...(extensions.required ?? [])]
  const unchanged = async (attempts: () => Promise<void>) => {
    const before = await changesIn(app)
    await attempts()
    expect(await changesIn(app)).toEqual(before)
  }
  const root = async () => {
    count += 1
    const { createOrganization } = await app.owner.run(CreateOrganizationDocument, { input: { name: `Root ${count}` } })
    const { id } = createOrganization.organization
    const [founder] = await membersOf(app.owner, id)
    return { id, founderId: founder?.id ?? '' }
  }

  it('a manager cannot create, change or remove an owner, as a person or as a key, from an ancestor either', async () => {
    const part = await suborganization(app, 'Part')
    const boss = await memberIdOf(app, (await app.person('Boss', OWNER)).userId)
    const local = await memberIdOf(app, (await app.person('Local boss', OWNER, part)).userId, part)
    const clerk = await memberIdOf(app, (await app.person('Clerk', [grant('keys:viewer')])).userId)
    const managers = [
      (await app.person('Manager', [grant('*:manager')])).client,
      (await app.apiKey({ grants: [grant('*:manager')] })).client,
    ]
    await unchanged(async () => {
      for (const client of managers) {
        const errors = [
          await invites(client, ['*:owner']),
          await invites(client, ['*:owner'], part),
          await updates(client, clerk, '*:owner'),
          ...(await Promise.all([boss, local].map((memberId) => updates(client, memberId, '*:owner')))),
          ...(await Promise.all([boss, local].map((memberId) => updates(client, memberId, 'keys:viewer')))),
          ...(await Promise.all([boss, local].map((memberId) => removes(client, memberId)))),
        ]
        expect(errors.map(lacking)).toEqual(Array(9).fill(['FORBIDDEN', '*:owner']))
      }
    })
  })

  it('callers cannot raise themselves or others above their own grants', async () => {
    const helper = await app.person('Helper', [grant('members:manager'), grant('keys:viewer')])
    const own = await memberIdOf(app, helper.userId)
    const clerk = await memberIdOf(app, (await app.person('Clerk', [grant('audit:viewer')])).userId)
    await unchanged(async () => {
      for (const memberId of [own, clerk]) {
        expect(lacking(await updates(helper.client, memberId, 'members:manager', 'keys:operator'))).toEqual([
          'FORBIDDEN',
          'keys:operator',
        ])
        expect(lacking(await updates(helper.client, memberId, '*:viewer'))).toEqual(['FORBIDDEN', '*:viewer'])
      }
      expect(lacking(await invites(helper.client, ['audit:viewer', 'keys:viewer']))).toEqual([
        'FORBIDDEN',
        'audit:viewer',
      ])
    })
    // What somebody holds already may stay, and what the helper holds may be added.
    const grants = [grant('audit:viewer'), grant('keys:viewer')]
    const { updateMember } = await helper.client.run(UpdateMemberDocument, { input: { memberId: clerk, grants } })
    expect(updateMember.member.grants).toEqual(grants)
    // Withdrawn is withdrawn: it is not theirs to give back.
    await helper.client.run(UpdateMemberDocument, { input: { memberId: clerk, grants: [] } })
    expect(lacking(await updates(helper.client, clerk, 'audit:viewer'))).toEqual(['FORBIDDEN', 'audit:viewer'])
  })

  it('callers without members:manager cannot change members at all, including themselves', async () => {
    const viewer = await app.person('Viewer', [grant('members:operator'), grant('keys:manager')])
    const own = await memberIdOf(app, viewer.userId)
    await unchanged(async () => {
      for (const error of [
        await updates(viewer.client, own),
        await removes(viewer.client, own),
        await invites(viewer.client, []),
      ])
        expect(lacking(error)).toEqual(['FORBIDDEN', 'members:manager'])
    })
  })

  it('an owner with a narrowed key has only the rights of that key', async () => {
    const { createPersonalAccessKey } = await app.owner.run(CreatePersonalAccessKeyDocument, {
      input: { organizationId: app.organizationId, name: 'narrow', grants: [grant('members:manager')] },
    })
    const narrow = app.anonymous.with(createPersonalAccessKey.secret)
    const boss = await memberIdOf(app, (await app.person('Boss', OWNER)).userId)
    const clerk = await memberIdOf(app, (await app.person('Clerk', [])).userId)
    await unchanged(async () => {
      expect(lacking(await removes(narrow, boss))).toEqual(['FORBIDDEN', '*:owner'])
      expect(lacking(await updates(narrow, boss, 'members:viewer'))).toEqual(['FORBIDDEN', '*:owner'])
      expect(lacking(await updates(narrow, clerk, 'keys:viewer'))).toEqual(['FORBIDDEN', 'keys:viewer'])
    })
  })

  it('the last owner of a root organization can be neither removed nor demoted, even by themselves', async () => {
    const { id, founderId } = await root()
    await app.person('Manager', [grant('*:manager')], id)
    await unchanged(async () => {
      expect((await removes(app.owner, founderId)).extensions.code).toBe('CONFLICT')
      expect((await updates(app.owner, founderId, '*:manager')).extensions.code).toBe('CONFLICT')
      expect((await updates(app.owner, founderId)).extensions.code).toBe('CONFLICT')
    })
    const second = await app.person('Second', OWNER, id)
    await app.owner.run(UpdateMemberDocument, { input: { memberId: founderId, grants: [grant('*:manager')] } })
    const secondId = await memberIdOf(app, second.userId, id)
    expect((await removes(second.client, secondId)).extensions.code).toBe('CONFLICT')
    await second.client.run(RemoveMemberDocument, { memberId: founderId })
    expect((await membersOf(second.client, id)).map(({ grants }) => grants.map(grantText))).toEqual([
      ['*:manager'],
      ['*:owner'],
    ])
  })

  it('the last owner of a sub-organization can leave: those of its ancestors remain its owners', async () => {
    const part = await suborganization(app, 'Orphan')
    const only = await app.person('Only', OWNER, part)
    await app.owner.run(RemoveMemberDocument, { memberId: await memberIdOf(app, only.userId, part) })
    expect(await membersOf(app.owner, part)).toContainEqual(
      expect.objectContaining({ inherited: true, grants: OWNER, user: expect.objectContaining({ name: 'owner' }) }),
    )
  })

  type Act = (client: TestClient, memberId: string) => Promise<string>
  const remove: Act = (client, memberId) => client.try(RemoveMemberDocument, { memberId }).then(codeOf)
  const demote: Act = (client, memberId) =>
    client.try(UpdateMemberDocument, { input: { memberId, grants: [grant('*:manager')] } }).then(codeOf)

  it.each<[string, Act, Act]>([
    ['remove each other', remove, remove],
    ['demote each other', demote, demote],
    ['remove and demote each other', remove, demote],
  ])('of two owners who %s concurrently, exactly one remains', async (_, first, second) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id, founderId } = await root()
      const [ann, ben] = [await app.person('Ann', OWNER, id), await app.person('Ben', OWNER, id)] as [Person, Person]
      const idOf = { ann: await memberIdOf(app, ann.userId, id), ben: await memberIdOf(app, ben.userId, id) }
      await ann.client.run(RemoveMemberDocument, { memberId: founderId })
      const codes = await Promise.all([first(ann.client, idOf.ben), second(ben.client, idOf.ann)])
      expect(codes.filter((code) => code === 'done')).toHaveLength(1)
      for (const code of codes) expect(['done', 'CONFLICT', 'FORBIDDEN', 'UNAUTHENTICATED']).toContain(code)
      const survivor = codes[0] === 'done' ? ann : ben
      const owners = (await membersOf(survivor.client, id)).filter(({ grants }) => grants.some(isOwner))
      expect(owners.map(({ user }) => user.id)).toEqual([survivor.userId])
    }
  })
})

const isOwner = ({ role }: { readonly role: string }) => role === 'OWNER'
