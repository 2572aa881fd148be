import { vi } from 'vitest'
import {
  CreateNotificationRouteDocument,
  InviteMemberDocument,
  RotateKeyDocument,
  SuspendKeyDocument,
} from '../../../src/generated/graphql.ts'
import { type ConsoleUnderTest, signIn } from './console.ts'
import { makeKey } from './keys.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** Things that actions are about, made anew at each call. Each gives an id, or the name of something that does not exist. */
export const createSubjects = (console: ConsoleUnderTest) => {
  const labels = new Map<string, string>()
  let made = 0
  /** Without digits: an address is derived from a name without them. */
  const newName = async () => {
    made += 1
    return `copied-${LETTERS[Math.floor(made / LETTERS.length)]}${LETTERS[made % LETTERS.length]}`
  }
  const labelled = (id: string, label: string) => {
    labels.set(id, label)
    return id
  }
  const owner = () => console.people.owner.client
  const organization = async <Data>(fields: string): Promise<Data> => {
    const { data } = await owner().send<{ organization: Data }>(
      `{ organization(id: "${console.organizationId}") { ${fields} } }`,
    )
    if (data == null) throw new Error('The organization cannot be read.')
    return data.organization
  }
  const key = async (more: Partial<Parameters<typeof makeKey>[1]> = {}) => {
    const name = await newName()
    const { id } = await makeKey(owner(), { organizationId: console.organizationId, name, ...more })
    return labelled(id, name)
  }
  const make = {
    newName,
    key: () => key(),
    suspendedKey: async () => {
      const id = await key()
      await owner().run(SuspendKeyDocument, { id })
      return id
    },
    rotatingKey: async () => {
      const id = await key()
      await owner().run(RotateKeyDocument, { input: { id, overlap: 'PT1H' } })
      return id
    },
    warning: async () => {
      const keyId = await key({ expiresIn: 'PT2H', warnBefore: ['PT1H59M59S'] })
      return vi.waitFor(async () => {
        type Warnings = { expiryWarnings: { edges: { node: { id: string; key: { id: string } } }[] } }
        const found = await organization<Warnings>('expiryWarnings { edges { node { id key { id } } } }')
        const edge = found.expiryWarnings.edges.find(({ node }) => node.key.id === keyId)
        if (edge === undefined) throw new Error('The key is not warned of yet.')
        return labelled(edge.node.id, labels.get(keyId) ?? '')
      }, 10_000)
    },
    invitation: async () => {
      const email = `${await newName()}@example.com`
      const { inviteMember } = await owner().run(InviteMemberDocument, {
        input: { organizationId: console.organizationId, email, grants: [{ module: 'keys', role: 'VIEWER' }] },
      })
      return labelled(inviteMember.invitation.id, email)
    },
    member: async () => {
      const name = (await newName()).replace('copied-', 'Copied ')
      const { userId } = await console.person(name, [{ module: 'keys', role: 'VIEWER' }])
      type Members = { members: { edges: { node: { id: string; user: { id: string } } }[] } }
      const { members } = await organization<Members>('members(first: 100) { edges { node { id user { id } } } }')
      return labelled(members.edges.find(({ node }) => node.user.id === userId)?.node.id ?? '', name)
    },
    route: async () => {
      const name = await newName()
      const target = { webhook: { url: 'https://hooks.example.com/copied' } }
      const input = { organizationId: console.organizationId, name, target }
      const { createNotificationRoute } = await owner().run(CreateNotificationRouteDocument, { input })
      return labelled(createNotificationRoute.route.id, name)
    },
    session: async () => {
      const name = await newName()
      await signIn(console.url, console.people.owner, name)
      type Viewer = { viewer: { sessions: { id: string; userAgent: string }[] } }
      const { data } = await owner().send<Viewer>('{ viewer { sessions { id userAgent } } }')
      return labelled(data?.viewer.sessions.find(({ userAgent }) => userAgent === name)?.id ?? '', name)
    },
    lifetime: async () => 'P301D',
  }
  return { make, labelOf: (id: string) => labels.get(id) ?? id }
}

export type Subjects = ReturnType<typeof createSubjects>['make']
