import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AcceptInvitationDocument,
  CreatePersonalAccessKeyDocument,
  type GrantInput,
  InviteMemberDocument,
  RemoveMemberDocument,
  RevokeKeyDocument,
  SuspendKeyDocument,
  UpdateMemberDocument,
  ViewerGrantsDocument,
} from '../../src/generated/graphql.ts'
import { boot, type Person, type TestApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { PROVIDER_AUDIENCE, startProvider } from '../support/identity-provider.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { codeOf, grant, memberIdOf, membersOf } from '../support/people.ts'
import { eventsOf } from '../support/tokens.ts'

let count = 0
const newEmail = () => {
  count += 1
  return `invited.${count}@example.com`
}

const inviteBy = async (app: TestApp, inviter: TestClient, email: string, grants: readonly GrantInput[]) => {
  const input = { organizationId: app.organizationId, email, grants: [...grants] }
  const { inviteMember } = await inviter.run(InviteMemberDocument, { input })
  return { token: inviteMember.invitationToken, id: inviteMember.invitation.id }
}

const accept = (client: TestClient, invitationToken: string) =>
  client.try(AcceptInvitationDocument, { input: { invitationToken, name: 'Ada' } })

/** An inviter tries to gain by the invitation of somebody else, or somebody by an invitation that should have ended. */
describe('an invitation', () => {
  let app: TestApp
  const clock = new ManualClock()
  beforeAll(async () => {
    app = await boot({ clock })
    await app.app.parts.sweeper.stop()
  })
  afterAll(() => app.close())

  const manager = () => app.person('Mia', [grant('members:manager'), grant('keys:viewer')])
  const acceptableOf = async (id: string) => {
    const { data } = await app.owner.send<{
      organization: { invitations: { id: string; acceptable: boolean }[] }
    }>('query ($id: ID!) { organization(id: $id) { invitations { id acceptable } } }', { id: app.organizationId })
    return data?.organization.invitations.find((one) => one.id === id)?.acceptable
  }

  it('issues a first key that gains no grants when the member is promoted, and creates no key that does', async () => {
    const inviter = await manager()
    const { token } = await inviteBy(app, inviter.client, newEmail(), [grant('keys:viewer')])
    const accepted = (await accept(app.anonymous, token)).data?.acceptInvitation
    expect(accepted?.personalAccessKey.grants).toEqual([grant('keys:viewer')])
    const memberId = await memberIdOf(app, accepted?.user.id ?? '')
    await app.owner.run(UpdateMemberDocument, { input: { memberId, grants: [grant('*:OWNER')] } })
    const kept = app.anonymous.with(accepted?.secret ?? '')
    const { organizationId } = app
    expect((await kept.run(ViewerGrantsDocument, { organizationId })).viewer.grants).toEqual([grant('keys:viewer')])
    const made = await kept.run(CreatePersonalAccessKeyDocument, { input: { organizationId, name: 'more' } })
    expect(made.createPersonalAccessKey.personalAccessKey.grants).toEqual([grant('keys:viewer')])
    const wider = { organizationId, name: 'wider', grants: [grant('keys:manager')] }
    expect(codeOf(await kept.try(CreatePersonalAccessKeyDocument, { input: wider }))).toBe('FORBIDDEN')
  })

  it.each<[string, (inviter: Person) => Promise<unknown>]>([
    [
      'is removed',
      async ({ userId }) => app.owner.run(RemoveMemberDocument, { memberId: await memberIdOf(app, userId) }),
    ],
    [
      'may no longer invite',
      async ({ userId }) => {
        const memberId = await memberIdOf(app, userId)
        await app.owner.run(UpdateMemberDocument, { input: { memberId, grants: [grant('keys:viewer')] } })
      },
    ],
    [
      'lacks one of its grants',
      async ({ userId }) => {
        const memberId = await memberIdOf(app, userId)
        await app.owner.run(UpdateMemberDocument, { input: { memberId, grants: [grant('members:manager')] } })
      },
    ],
    ['invited with a key that is revoked', ({ keyId }) => app.owner.run(RevokeKeyDocument, { input: { id: keyId } })],
    ['invited with a key that is suspended', ({ keyId }) => app.owner.run(SuspendKeyDocument, { id: keyId })],
  ])('becomes invalid if its inviter %s', async (_, change) => {
    const inviter = await manager()
    const { token, id } = await inviteBy(app, inviter.client, newEmail(), [grant('keys:viewer')])
    expect(await acceptableOf(id)).toBe(true)
    await change(inviter)
    expect(await acceptableOf(id)).toBe(false)
    const members = await membersOf(app.owner, app.organizationId)
    expect(codeOf(await accept(app.anonymous, token))).toBe('CONFLICT')
    expect(await membersOf(app.owner, app.organizationId)).toEqual(members)
    const [event] = await eventsOf(app, { types: ['MEMBER_INVITED'], targetId: id })
    expect(event?.details).toMatchObject({ revoked: true, reason: 'inviter-lost-right' })
    expect(codeOf(await accept(app.anonymous, token))).toBe('NOT_FOUND')
  })

  it('becomes invalid with the API key that created it, and with the expiry of a personal one', async () => {
    const machine = await app.apiKey({ grants: [grant('members:manager')] })
    const byMachine = await inviteBy(app, machine.client, newEmail(), [])
    const ofMachine = await inviteBy(app, machine.client, newEmail(), [])
    expect(codeOf(await accept(app.anonymous, ofMachine.token))).toBe('done')
    await app.owner.run(RevokeKeyDocument, { input: { id: machine.id } })
    expect(codeOf(await accept(app.anonymous, byMachine.token))).toBe('CONFLICT')
    const inviter = await manager()
    const input = { organizationId: app.organizationId, name: 'short', expiresIn: 'PT1H' }
    const { createPersonalAccessKey } = await inviter.client.run(CreatePersonalAccessKeyDocument, { input })
    const byShort = await inviteBy(app, app.anonymous.with(createPersonalAccessKey.secret), newEmail(), [])
    clock.advance(3_600)
    expect(codeOf(await accept(app.anonymous, byShort.token))).toBe('CONFLICT')
  })
})

describe('an invitation with an identity provider', () => {
  let provider: Awaited<ReturnType<typeof startProvider>>
  let app: TestApp
  beforeAll(async () => {
    provider = await startProvider()
    app = await boot({ env: { KEYTURN_OIDC_ISSUER: provider.issuer, KEYTURN_OIDC_AUDIENCE: PROVIDER_AUDIENCE } })
  })
  afterAll(async () => {
    await app.close()
    provider.close()
  })

  const signedIn = async (email: string) => app.anonymous.with(await provider.sign({ email }))

  it('is accepted only by a sign-in with the invited address', async () => {
    const email = newEmail()
    const { token } = await inviteBy(app, app.owner, email, [grant('keys:viewer')])
    expect(codeOf(await accept(app.anonymous, token))).toBe('UNAUTHENTICATED')
    expect(codeOf(await accept(app.owner, token))).toBe('UNAUTHENTICATED')
    expect(codeOf(await accept(await signedIn('somebody.else@example.com'), token))).toBe('FORBIDDEN')
    expect(codeOf(await accept(await signedIn('owner@localhost'), token))).toBe('FORBIDDEN')
    const unverified = app.anonymous.with(await provider.sign({ email, email_verified: false }))
    expect(codeOf(await accept(unverified, token))).toBe('UNAUTHENTICATED')
    const { data } = await accept(await signedIn(email.toUpperCase()), token)
    expect(data?.acceptInvitation.personalAccessKey.grants).toEqual([grant('keys:viewer')])
  })

  it('is the only access of a signed-in person who is not a member', async () => {
    const newcomer = await signedIn(newEmail())
    const { organizationId } = app
    for (const text of ['{ viewer { kind } }', `{ organization(id: "${organizationId}") { name } }`])
      expect(codeOf(await newcomer.send(text))).toBe('UNAUTHENTICATED')
  })

  it('can be accepted by a person who already has an account', async () => {
    const email = newEmail()
    const first = await inviteBy(app, app.owner, email, [])
    await accept(await signedIn(email), first.token)
    const stranger = await app.owner.send<{ createOrganization: { organization: { id: string } } }>(
      'mutation { createOrganization(input: { name: "Other" }) { organization { id } } }',
    )
    const organizationId = stranger.data?.createOrganization.organization.id ?? ''
    const { inviteMember } = await app.owner.run(InviteMemberDocument, { input: { organizationId, email, grants: [] } })
    expect(codeOf(await accept(await signedIn(email), inviteMember.invitationToken))).toBe('done')
  })
})
