import { describe, expect, it } from 'vitest'
import { AcceptInvitationDocument, InviteMemberDocument, ViewerDocument } from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn } from '../support/history.ts'
import { codeOf, grant, membersOf, suborganization } from '../support/people.ts'

/** Who may see the e-mail address of whom, and what is the same address. */
describe.each(ENGINES)('the e-mail address of a person on %s', (engine) => {
  const app = useApp({ engine })

  const invite = (email: string, organizationId = app.organizationId) =>
    app.owner.try(InviteMemberDocument, { input: { organizationId, email, grants: [] } })
  const tokenOf = async (email: string, organizationId?: string) =>
    (await invite(email, organizationId)).data?.inviteMember.invitationToken ?? ''
  const accept = (invitationToken: string, name: string) =>
    app.anonymous.try(AcceptInvitationDocument, { input: { invitationToken, name } })

  it('is case-insensitive: a member cannot be invited again', async () => {
    const first = await accept(await tokenOf('  Ada.Byron@Example.COM '), 'Ada')
    const client = app.anonymous.with(first.data?.acceptInvitation.secret ?? '')
    expect((await client.run(ViewerDocument, {})).viewer.user?.email).toBe('ada.byron@example.com')
    const part = await suborganization(app, 'Part')
    const before = await changesIn(app)
    for (const organizationId of [app.organizationId, part])
      expect(codeOf(await invite('ADA.byron@EXAMPLE.com', organizationId))).toBe('CONFLICT')
    expect(await changesIn(app)).toEqual(before)
  })

  it('is the same account in every organization, in any case', async () => {
    const first = await accept(await tokenOf('Grace@Example.com'), 'Grace')
    const { organizationId } = await app.stranger()
    const second = await accept(await tokenOf('gRACE@example.COM', organizationId), 'Somebody else')
    const account = first.data?.acceptInvitation.user
    expect(account?.name).toBe('Grace')
    expect(second.data?.acceptInvitation.user).toEqual(account)
  })

  it('becomes one member with several open invitations, sequential or concurrent', async () => {
    for (const [round, together] of [false, true, true, true].entries()) {
      const tokens = [await tokenOf(`edsger.${round}@example.com`), await tokenOf(`EDSGER.${round}@example.com`)]
      const name = `Edsger ${round}`
      const results = []
      if (together) results.push(...(await Promise.all(tokens.map((token) => accept(token, name)))))
      else for (const token of tokens) results.push(await accept(token, name))
      expect(results.map(codeOf).sort()).toEqual(['CONFLICT', 'done'])
      const members = await membersOf(app.owner, app.organizationId)
      expect(members.filter(({ user }) => user.name === name)).toHaveLength(1)
    }
  })

  it('is visible to the person, and to callers who may read the members of one of their organizations', async () => {
    const part = await suborganization(app, 'Around')
    const beside = await suborganization(app, 'Beside')
    const ann = await app.person('Ann', [], part)
    const keyOwner = (client: TestClient) =>
      client.send<{ key: { owner: { name: string; email: string | null } } | null }>(
        'query ($id: ID!) { key(id: $id) { ... on PersonalAccessKey { owner { name email } } } }',
        { id: ann.keyId },
      )
    const user = async (client: TestClient) =>
      client.send<{ node: { name: string; email: string | null } | null }>(
        'query ($id: ID!) { node(id: $id) { ... on User { name email } } }',
        { id: ann.userId },
      )
    const email = (await ann.client.run(ViewerDocument, {})).viewer.user?.email
    expect(email).toMatch(/^ann\.\d+@example\.com$/)
    const reader = await app.person('Reader', [grant('members:viewer'), grant('keys:manager')], part)
    const above = await app.person('Reader above', [grant('members:viewer'), grant('keys:manager')])
    for (const { client } of [ann, reader, above])
      expect((await keyOwner(client)).data?.key?.owner).toEqual({ name: 'Ann', email })
    // Whoever manages the keys sees whose they are, and no more of them.
    const keeper = await app.person('Keeper', [grant('keys:manager'), grant('audit:manager')], part)
    const seen = await keyOwner(keeper.client)
    expect(seen.data?.key?.owner).toEqual({ name: 'Ann', email: null })
    expect(seen.errors).toMatchObject([
      { path: ['key', 'owner', 'email'], extensions: { code: 'FORBIDDEN', required: ['members:viewer'] } },
    ])
    // To whoever reads the members elsewhere there is no such person.
    const elsewhere = await app.person('Reader beside', [grant('*:manager')], beside)
    for (const client of [elsewhere.client, (await app.stranger()).owner.client, keeper.client])
      expect((await user(client)).errors?.[0]?.extensions.code).toBe('NOT_FOUND')
  })
})
