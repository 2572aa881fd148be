import { describe, expect, it } from 'vitest'
import {
  AcceptInvitationDocument,
  CreateApiKeyDocument,
  CreatePersonalAccessKeyDocument,
  ExchangeKeyDocument,
  InviteMemberDocument,
  KeyByIdDocument,
  PersonalAccessKeysDocument,
  RemoveMemberDocument,
  UpdateMemberDocument,
  ViewerDocument,
} from '../../src/generated/graphql.ts'
import { type Person, useApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { ENGINES } from '../support/engines.ts'
import { refuseKeysNamed } from '../support/faults.ts'
import { changesIn } from '../support/history.ts'
import { codeOf, grant, memberIdOf, membersOf } from '../support/people.ts'
import { eventsOf } from '../support/tokens.ts'

/** Each race is run so many times: which side wins is for chance to decide. */
const ROUNDS = 6

describe.each(ENGINES)('a membership on %s', (engine) => {
  let count = 0
  const app = useApp({ engine })

  const setGrants = (memberId: string, ...grants: string[]) =>
    app.owner.run(UpdateMemberDocument, { input: { memberId, grants: grants.map(grant) } })
  const createsKey = (client: TestClient) => {
    count += 1
    const input = { organizationId: app.organizationId, name: `key ${count}`, grants: [] }
    return client.try(CreateApiKeyDocument, { input }).then(codeOf)
  }
  const works = (client: TestClient) => client.try(ViewerDocument, {}).then(codeOf)
  const tokenOf = async (secret: string) => {
    const { exchangeKey } = await app.anonymous.run(ExchangeKeyDocument, { input: { secret, audience: app.url } })
    return app.anonymous.with(exchangeKey.accessToken)
  }
  const personalKey = (client: TestClient, name: string) =>
    client.try(CreatePersonalAccessKeyDocument, { input: { organizationId: app.organizationId, name } })
  const invitedAgain = async ({ client }: Person) => {
    const email = (await client.run(ViewerDocument, {})).viewer.user?.email ?? ''
    return async () => {
      const { organizationId } = app
      const { inviteMember } = await app.owner.run(InviteMemberDocument, {
        input: { organizationId, email, grants: [grant('*:manager')] },
      })
      const { invitationToken } = inviteMember
      const input = { invitationToken, name: 'Again' }
      return (await app.anonymous.run(AcceptInvitationDocument, { input })).acceptInvitation
    }
  }

  it("change the rights of the member's keys and tokens on the next request when it changes", async () => {
    const ann = await app.person('Ann', [grant('keys:operator')])
    const memberId = await memberIdOf(app, ann.userId)
    const token = await tokenOf(ann.secret)
    expect([await createsKey(ann.client), await createsKey(token)]).toEqual(['done', 'done'])
    await setGrants(memberId, 'keys:viewer')
    expect([await createsKey(ann.client), await createsKey(token)]).toEqual(['FORBIDDEN', 'FORBIDDEN'])
    await setGrants(memberId, 'keys:operator')
    expect([await createsKey(ann.client), await createsKey(token)]).toEqual(['done', 'done'])
  })

  it('appends an event with the old and the new grants when it changes', async () => {
    const ann = await app.person('Ann', [grant('keys:operator'), grant('audit:viewer')])
    const memberId = await memberIdOf(app, ann.userId)
    const { updateMember } = await setGrants(memberId, 'members:viewer', 'keys:manager', 'keys:viewer')
    const now = [grant('keys:manager'), grant('members:viewer')]
    expect(updateMember.member).toEqual({ id: memberId, grants: now })
    const [told] = await eventsOf(app, { types: ['MEMBER_UPDATED'], targetId: memberId })
    expect(told).toMatchObject({ actor: { kind: 'USER', name: 'owner' }, targetName: 'Ann' })
    expect(told?.details).toEqual({
      userId: ann.userId,
      grants: { from: ['audit:viewer', 'keys:operator'], to: ['keys:manager', 'members:viewer'] },
    })
  })

  it('that ends revokes the personal keys and their tokens, and no API key', async () => {
    const ann = await app.person('Ann', [grant('keys:operator')])
    const second = (await personalKey(ann.client, 'second')).data?.createPersonalAccessKey
    const robot = await ann.client.run(CreateApiKeyDocument, {
      input: { organizationId: app.organizationId, name: 'robot', grants: [] },
    })
    const personal = [ann.client, app.anonymous.with(second?.secret ?? ''), await tokenOf(ann.secret)]
    expect(await Promise.all(personal.map(works))).toEqual(['done', 'done', 'done'])
    const memberId = await memberIdOf(app, ann.userId)
    const { removeMember } = await app.owner.run(RemoveMemberDocument, { memberId })
    const keyIds = [ann.keyId, second?.personalAccessKey.id ?? ''].sort()
    expect(removeMember.removedMemberId).toBe(memberId)
    expect([...removeMember.revokedKeyIds].sort()).toEqual(keyIds)
    const told = (await eventsOf(app)).slice(0, 3).reverse()
    expect(await Promise.all(personal.map(works))).toEqual(Array(3).fill('UNAUTHENTICATED'))
    expect(await works(app.anonymous.with(robot.createApiKey.secret))).toBe('done')
    expect((await membersOf(app.owner, app.organizationId)).map(({ id }) => id)).not.toContain(memberId)
    // One transaction, one request: the events follow each other without a gap.
    expect(told.map(({ type }) => type)).toEqual(['KEY_REVOKED', 'KEY_REVOKED', 'MEMBER_REMOVED'])
    expect(new Set(told.map(({ requestId }) => requestId)).size).toBe(1)
    expect(told.map(({ sequence }) => sequence - (told[0]?.sequence ?? 0))).toEqual([0, 1, 2])
    expect(
      told
        .slice(0, 2)
        .map(({ targetId }) => targetId)
        .sort(),
    ).toEqual(keyIds)
    expect(told[0]?.details).toMatchObject({ reason: 'OWNER_LEFT', ownerId: ann.userId })
    expect(told[2]).toMatchObject({ targetId: memberId, targetName: 'Ann', actor: { name: 'owner' } })
    expect(removeMember.createdApiKeyIds).toEqual([robot.createApiKey.apiKey.id])
    const { revokedKeyIds } = removeMember
    expect(told[2]?.details).toEqual({ userId: ann.userId, revokedKeyIds, createdApiKeys: 1 })
  })

  it('that is created again reactivates no key: the member gets a new one', async () => {
    const ann = await app.person('Ann', [grant('keys:operator')])
    const token = await tokenOf(ann.secret)
    const again = await invitedAgain(ann)
    await app.owner.run(RemoveMemberDocument, { memberId: await memberIdOf(app, ann.userId) })
    const { user, secret } = await again()
    expect(user).toEqual({ id: ann.userId, name: 'Ann' })
    const client = app.anonymous.with(secret)
    expect([await works(ann.client), await works(token), await works(client)]).toEqual([
      'UNAUTHENTICATED',
      'UNAUTHENTICATED',
      'done',
    ])
    expect((await app.owner.run(KeyByIdDocument, { id: ann.keyId })).key?.status).toBe('REVOKED')
  })

  it('that ends while its keys are being created leaves no valid one, then or after a new invitation', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const eve = await app.person(`Eve ${round}`, [grant('*:manager')])
      const memberId = await memberIdOf(app, eve.userId)
      const again = await invitedAgain(eve)
      const [removal, ...made] = await Promise.all([
        app.owner.try(RemoveMemberDocument, { memberId }),
        ...[1, 2, 3].map((number) => personalKey(eve.client, `made in time ${number}`)),
      ])
      expect(codeOf(removal)).toBe('done')
      for (const code of made.map(codeOf)) expect(['done', 'NOT_FOUND', 'UNAUTHENTICATED']).toContain(code)
      const secrets = made.flatMap(({ data }) => data?.createPersonalAccessKey.secret ?? [])
      const clients = [eve.client, ...secrets.map((secret) => app.anonymous.with(secret))]
      for (const client of clients) expect(await works(client)).toBe('UNAUTHENTICATED')
      await again()
      for (const client of clients) expect(await works(client)).toBe('UNAUTHENTICATED')
      const { organization } = await app.owner.run(PersonalAccessKeysDocument, {
        organizationId: app.organizationId,
        filter: { createdById: eve.userId, status: ['ACTIVE'] },
        first: 100,
      })
      expect(organization?.personalAccessKeys?.totalCount).toBe(1)
    }
  })

  it('stays, with its keys, if the event of its end cannot be appended', async () => {
    const eve = await app.person('faulty Eve', [grant('keys:viewer')])
    const memberId = await memberIdOf(app, eve.userId)
    // The history refuses what is about the member, which comes after what is about the keys.
    await refuseKeysNamed(app.app.parts.sources, { afterInsert: 'none', atAppend: 'faulty Eve' })
    const before = await changesIn(app)
    const { errors } = await app.owner.try(RemoveMemberDocument, { memberId })
    expect(errors?.[0]?.extensions.code).toBe('INTERNAL')
    expect(await changesIn(app)).toEqual(before)
    expect(await works(eve.client)).toBe('done')
    expect(await memberIdOf(app, eve.userId)).toBe(memberId)
  })
})
