import { beforeAll, describe, expect, it } from 'vitest'
import {
  AcceptInvitationDocument,
  InviteMemberDocument,
  MembersDocument,
  type MembersQueryVariables,
  RemoveMemberDocument,
  UpdateMemberDocument,
} from '../../src/generated/graphql.ts'
import { useApp } from '../support/boot.ts'
import { ENGINES } from '../support/engines.ts'
import { changesIn } from '../support/history.ts'
import { ManualClock } from '../support/manual-clock.ts'
import { grant, membersOf, suborganization } from '../support/people.ts'

describe.each(ENGINES)('the members of an organization on %s', (engine) => {
  const clock = new ManualClock()
  const app = useApp({ engine, clock })

  it('include the inherited ones of ancestors, also for a caller who belongs to the sub-organization only', async () => {
    const part = await suborganization(app, 'Part')
    const deep = await suborganization(app, 'Deep', part)
    clock.advance(1)
    const root = await app.person('Root', [grant('keys:viewer')])
    clock.advance(1)
    const middle = await app.person('Middle', [grant('audit:viewer')], part)
    clock.advance(1)
    const local = await app.person('Local', [grant('members:viewer')], deep)
    const seen = (await membersOf(local.client, deep)).map(({ user, inherited, organization, grants }) => ({
      name: user.name,
      email: user.email,
      inherited,
      organization: organization.id,
      grants,
    }))
    // What they do not belong to they are not told the id of.
    const email = (name: string) => expect.stringMatching(new RegExp(`^${name}\\.\\d+@example\\.com$`))
    expect(seen).toEqual([
      { name: 'owner', email: 'owner@localhost', inherited: true, organization: deep, grants: [grant('*:owner')] },
      { name: 'Root', email: email('root'), inherited: true, organization: deep, grants: [grant('keys:viewer')] },
      { name: 'Middle', email: email('middle'), inherited: true, organization: deep, grants: [grant('audit:viewer')] },
      { name: 'Local', email: email('local'), inherited: false, organization: deep, grants: [grant('members:viewer')] },
    ])
    const places = (await membersOf(app.owner, deep)).map(({ organization }) => organization.id)
    expect(places).toEqual([app.organizationId, app.organizationId, part, deep])
    expect((await membersOf(app.owner, app.organizationId)).map(({ user }) => user.id)).toContain(root.userId)
    expect((await membersOf(app.owner, app.organizationId)).map(({ user }) => user.id)).not.toContain(middle.userId)
  })

  it('that are inherited are changed and removed where they belong, not from below', async () => {
    const part = await suborganization(app, 'Reaching up')
    const boss = await app.person('Boss', [grant('keys:viewer')])
    const local = await app.person('Local', [grant('*:owner')], part)
    const memberId = (await membersOf(local.client, part)).find(({ user }) => user.id === boss.userId)?.id ?? ''
    const before = await changesIn(app)
    const errors = [
      await local.client.fail(UpdateMemberDocument, { input: { memberId, grants: [] } }),
      await local.client.fail(RemoveMemberDocument, { memberId }),
    ]
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND', 'NOT_FOUND'])
    expect(await changesIn(app)).toEqual(before)
  })

  it('are listed twice if they belong to the organization and to an ancestor, each time with their grants there', async () => {
    const part = await suborganization(app, 'Twice')
    const eve = await app.person('Eve', [grant('audit:viewer')], part)
    const email = (await membersOf(app.owner, part)).find(({ user }) => user.id === eve.userId)?.user.email ?? ''
    const input = { organizationId: app.organizationId, email, grants: [grant('keys:viewer')] }
    const { inviteMember } = await app.owner.run(InviteMemberDocument, { input })
    const { invitationToken } = inviteMember
    await app.anonymous.run(AcceptInvitationDocument, { input: { invitationToken, name: 'Eve' } })
    const seen = (await membersOf(app.owner, part)).filter(({ user }) => user.id === eve.userId)
    expect(seen.map(({ inherited, grants }) => [inherited, grants])).toEqual(
      expect.arrayContaining([
        [false, [grant('audit:viewer')]],
        [true, [grant('keys:viewer')]],
      ]),
    )
    expect(seen).toHaveLength(2)
  })

  describe('in pages', () => {
    let organizationId: string
    let all: string[]
    beforeAll(async () => {
      organizationId = await suborganization(app, 'Crowd')
      // Some join at the same instant, and pages must meet each of them once all the same.
      for (const name of ['A', 'B', 'C', 'D', 'E', 'F', 'G']) {
        await app.person(name, [], organizationId)
        if (name === 'C' || name === 'F') clock.advance(60)
      }
      all = (await membersOf(app.owner, organizationId)).map(({ id }) => id)
    })

    const page = async (paging: Omit<MembersQueryVariables, 'organizationId'>) => {
      const { organization } = await app.owner.run(MembersDocument, { organizationId, ...paging })
      if (organization?.members == null) throw new Error('There are no members.')
      const { edges, pageInfo } = organization.members
      expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor, edges.at(-1)?.cursor])
      return { ...pageInfo, ids: edges.map(({ node }) => node.id) }
    }

    it('are in the order of joining, inherited ones included', async () => {
      const members = await membersOf(app.owner, organizationId)
      const joined = members.map(({ joinedAt }) => joinedAt)
      expect(joined).toEqual([...joined].sort())
      expect(members.at(-1)?.user.name).toBe('G')
      expect(members.filter(({ inherited }) => !inherited)).toHaveLength(7)
      expect(members.length).toBeGreaterThan(7)
    })

    it('are each listed once, forwards and backwards', async () => {
      for (const size of [1, 3, all.length - 1, all.length]) {
        const forwards: string[] = []
        let after: string | null = null
        for (;;) {
          const { ids, endCursor, hasNextPage, hasPreviousPage } = await page({ first: size, after })
          expect(hasPreviousPage).toBe(after !== null)
          forwards.push(...ids)
          after = endCursor ?? null
          expect(hasNextPage).toBe(forwards.length < all.length)
          if (!hasNextPage) break
        }
        expect(forwards).toEqual(all)
        const backwards: string[] = []
        let before: string | null = null
        for (;;) {
          const { ids, startCursor, hasNextPage, hasPreviousPage } = await page({ last: size, before })
          expect(hasNextPage).toBe(before !== null)
          backwards.unshift(...ids)
          before = startCursor ?? null
          expect(hasPreviousPage).toBe(backwards.length < all.length)
          if (!hasPreviousPage) break
        }
        expect(backwards).toEqual(all)
      }
    })
  })
})
