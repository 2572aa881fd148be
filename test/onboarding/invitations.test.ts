import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  AcceptInvitationDocument,
  CreateApiKeyDocument,
  InviteMemberDocument,
  KeyByIdDocument,
  RevokeInvitationDocument,
  UpdateKeyPolicyDocument,
  ViewerDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { DAY } from '../../src/kernel/duration.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { codeOf, grant, grantText, membersOf, suborganization } from '../support/people.ts'
import { storedText } from '../support/stored-text.ts'
import { eventsOf } from '../support/tokens.ts'

const WEEK = 7 * DAY

/** Each race is run so many times: which side wins is for chance to decide. */
const ROUNDS = 6

describe.each(ENGINES)('an invitation on %s', (engine) => {
  const clock = new ManualClock()
  let count = 0
  const app = useApp({ engine, clock })

  const newEmail = () => {
    count += 1
    return `invited.${count}@example.com`
  }
  const invite = async (
    email = newEmail(),
    grants: readonly string[] = [],
    organizationId = app.organizationId,
    inviter = app.owner,
  ) => {
    const input = { organizationId, email, grants: grants.map(grant) }
    const { inviteMember } = await inviter.run(InviteMemberDocument, { input })
    return { ...inviteMember, id: inviteMember.invitation.id }
  }
  const accept = (invitationToken: string, name = 'Ada') =>
    app.anonymous.try(AcceptInvitationDocument, { input: { invitationToken, name } })
  const accepted = async (invitationToken: string, name = 'Ada') => {
    const { data, errors } = await accept(invitationToken, name)
    if (data == null) throw new Error(JSON.stringify(errors))
    return data.acceptInvitation
  }
  const membersNamed = async (name: string, organizationId = app.organizationId) =>
    (await membersOf(app.owner, organizationId)).filter(({ user }) => user.name === name)
  const openIn = async (organizationId = app.organizationId) => {
    const { data } = await app.owner.send<{ organization: { invitations: { id: string }[] } }>(
      'query ($id: ID!) { organization(id: $id) { invitations { id } } }',
      { id: organizationId },
    )
    return data?.organization.invitations.map(({ id }) => id)
  }

  it('is accepted once, and returns the first personal key with its secret', async () => {
    const { invitationToken } = await invite(newEmail(), ['audit:viewer'])
    const { user, personalAccessKey: key, secret } = await accepted(invitationToken, 'Once')
    expect(key).toMatchObject({ kind: 'PERSONAL_ACCESS_KEY', status: 'ACTIVE', grants: [grant('audit:viewer')] })
    const client = app.anonymous.with(secret)
    const { viewer } = await client.run(ViewerDocument, {})
    expect(viewer).toMatchObject({ user: { id: user.id, name: 'Once' }, key: { id: key.id } })
    expect(viewer.personalAccessKeys).toHaveLength(1)
    const { organizationId } = app
    expect((await client.run(ViewerGrantsDocument, { organizationId })).viewer.grants).toEqual([grant('audit:viewer')])
    const shown = JSON.stringify([viewer, await app.owner.run(KeyByIdDocument, { id: key.id }), await eventsOf(app)])
    expect(shown).toContain(secret.slice(-4))
    expect(shown).not.toContain(secret.slice(6, 30))
    const before = await changesIn(app)
    expect(codeOf(await accept(invitationToken, 'Twice'))).toBe('NOT_FOUND')
    expect(await changesIn(app)).toEqual(before)
    expect(await membersNamed('Once')).toHaveLength(1)
  })

  it('is valid for seven days, to the millisecond', async () => {
    const [early, late] = [await invite(), await invite()]
    expect(early.expiresAt).toBe(new Date(clock.now().getTime() + WEEK * 1000).toISOString())
    clock.advance(WEEK - 0.001)
    expect(codeOf(await accept(early.invitationToken))).toBe('done')
    clock.advance(0.001)
    expect(codeOf(await accept(late.invitationToken))).toBe('NOT_FOUND')
  })

  it('is stored hashed: its token is not in the database, the audit log or the log', async () => {
    const { invitationToken } = await invite()
    const taken = await invite()
    await accepted(taken.invitationToken)
    const stored = await storedText(app)
    for (const token of [invitationToken, taken.invitationToken]) {
      const [, random = ''] = /^kt_inv_(.{43})$/.exec(token) ?? []
      for (const text of [stored, app.logged.join('\n'), JSON.stringify(await eventsOf(app))]) {
        expect(text).not.toContain(random)
        expect(text).not.toContain(Buffer.from(random, 'base64url').toString('hex'))
      }
      // The search finds what is there.
      expect(stored).toContain(hash('sha256', token, 'hex'))
    }
  })

  it('that was revoked cannot be accepted; revoking it again is a CONFLICT', async () => {
    const { id, invitationToken } = await invite()
    expect(await openIn()).toContain(id)
    await app.owner.run(RevokeInvitationDocument, { id })
    expect(await openIn()).not.toContain(id)
    const [told] = await eventsOf(app, { targetId: id })
    expect(told).toMatchObject({ type: 'MEMBER_INVITED', details: { revoked: true } })
    const before = await changesIn(app)
    expect(codeOf(await accept(invitationToken))).toBe('NOT_FOUND')
    expect((await app.owner.fail(RevokeInvitationDocument, { id })).extensions.code).toBe('CONFLICT')
    expect(await changesIn(app)).toEqual(before)
  })

  it('that was accepted cannot be revoked: the member stays', async () => {
    const { id, invitationToken } = await invite()
    const { secret } = await accepted(invitationToken)
    expect(await openIn()).not.toContain(id)
    expect((await app.owner.fail(RevokeInvitationDocument, { id })).extensions.code).toBe('CONFLICT')
    await app.anonymous.with(secret).run(ViewerDocument, {})
  })

  it('that is accepted several times concurrently creates one member with one key', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const name = `Racer ${round}`
      const { invitationToken } = await invite()
      const results = await Promise.all([1, 2, 3].map(() => accept(invitationToken, name)))
      expect(results.map(codeOf).sort()).toEqual(['NOT_FOUND', 'NOT_FOUND', 'done'])
      const [member, ...more] = await membersNamed(name)
      expect(more).toEqual([])
      const secret = results.flatMap(({ data }) => data?.acceptInvitation.secret ?? [])[0] ?? ''
      const { viewer } = await app.anonymous.with(secret).run(ViewerDocument, {})
      expect(viewer.user?.id).toBe(member?.user.id)
      expect(viewer.personalAccessKeys).toHaveLength(1)
      expect(await eventsOf(app, { types: ['MEMBER_JOINED'], targetId: member?.id ?? '' })).toHaveLength(1)
    }
  })

  it('that is accepted and revoked concurrently has one of both outcomes', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id, invitationToken } = await invite()
      const name = `Chance ${round}`
      const [acceptance, revocation] = await Promise.all([
        accept(invitationToken, name),
        app.owner.try(RevokeInvitationDocument, { id }),
      ])
      const outcome = [codeOf(acceptance), codeOf(revocation)]
      expect([
        ['done', 'CONFLICT'],
        ['NOT_FOUND', 'done'],
      ]).toContainEqual(outcome)
      expect(await membersNamed(name)).toHaveLength(outcome[0] === 'done' ? 1 : 0)
    }
  })

  it('that cannot be completed stays open, and leaves neither a person nor a member behind', async () => {
    const organizationId = await suborganization(app, 'Full')
    await app.owner.run(CreateApiKeyDocument, { input: { organizationId, name: 'the only one', grants: [] } })
    const limit = (maximumActiveKeys: number) =>
      app.owner.run(UpdateKeyPolicyDocument, { input: { organizationId, policy: { maximumActiveKeys } } })
    await limit(1)
    const email = newEmail()
    const { id, invitationToken } = await invite(email, [], organizationId)
    const before = await changesIn(app)
    const refused = await accept(invitationToken, 'Patient')
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'LIMIT_REACHED', policy: 'maximumActiveKeys' })
    expect(await changesIn(app)).toEqual(before)
    expect(await membersNamed('Patient', organizationId)).toEqual([])
    expect(await openIn(organizationId)).toEqual([id])
    await limit(2)
    // Nobody has the address yet: it is this name that the account gets.
    expect((await accepted(invitationToken, 'Impatient')).user.name).toBe('Impatient')
  })

  it('appends events of its grants and of its acceptance by the new member, with the key in the same transaction', async () => {
    const inviter = await app.person('Inviter', [grant('*:manager')])
    const email = newEmail()
    const grants = ['audit:viewer', 'keys:operator']
    const { id, expiresAt, invitationToken } = await invite(email, grants, app.organizationId, inviter.client)
    const { user, personalAccessKey } = await accepted(invitationToken, 'Told')
    const [member] = await membersNamed('Told')
    expect(member?.grants.map(grantText)).toEqual(grants)
    const [key, joined, invited] = await eventsOf(app)
    expect(invited).toMatchObject({
      type: 'MEMBER_INVITED',
      actor: { kind: 'USER', id: inviter.userId },
      targetId: id,
      details: { email, grants, expiresAt },
    })
    const actor = { kind: 'USER', id: user.id, name: 'Told' }
    expect(joined).toMatchObject({ type: 'MEMBER_JOINED', actor, targetId: member?.id, targetName: 'Told' })
    expect(joined?.details).toEqual({ userId: user.id, grants })
    expect(key).toMatchObject({ type: 'KEY_CREATED', actor, targetId: personalAccessKey.id })
    expect([key?.sequence, key?.requestId]).toEqual([(joined?.sequence ?? 0) + 1, joined?.requestId])
  })
})
