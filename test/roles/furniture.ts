import { saveBase } from '../../src/audit/audit-base.store.ts'
import type { TestApp } from '../support/boot.ts'
import type { TestClient } from '../support/client.ts'
import { signIn } from '../support/console.ts'
import type { Target } from './oracle.ts'

type Answer = Record<string, { readonly found: { readonly id: string } } | undefined>

/** The answer to an operation that must succeed, in any words. */
export const ask = async <Data>(client: TestClient, query: string, variables: unknown = {}): Promise<Data> => {
  const { data, errors } = await client.send<Data>(query, variables)
  if (errors !== undefined || data == null) throw new Error(JSON.stringify(errors))
  return data
}

/** The texts of grants as an input takes them. */
export const grantInputs = (grants: readonly string[]) =>
  grants.map((grant) => {
    const [module = '', role = ''] = grant.split(':')
    return { module, role: role.toUpperCase() }
  })

export interface Joined {
  readonly userId: string
  readonly memberId: string
  readonly keyId: string
  readonly secret: string
}

let invited = 0

/** How somebody signs in with an address, of the apps that have an identity provider: it takes that to accept an invitation. */
const signIns = new WeakMap<TestApp, (email: string) => Promise<string>>()
export const signInBy = (app: TestApp, signIn: (email: string) => Promise<string>): void => {
  signIns.set(app, signIn)
}

/** The client of somebody who signed in with that address, or of nobody where the app has no identity provider. */
export const signedIn = async (app: TestApp, email: string): Promise<TestClient> => {
  const token = await signIns.get(app)?.(email)
  return token === undefined ? app.anonymous : app.anonymous.with(token)
}

/** Invites somebody and lets them join. */
export const join = async (
  app: TestApp,
  inviter: TestClient,
  organizationId: string,
  who: { readonly email?: string; readonly grants: readonly string[] },
): Promise<Joined> => {
  invited += 1
  const email = who.email ?? `invited.${invited}@example.com`
  const { inviteMember } = await ask<{ inviteMember: { invitationToken: string } }>(
    inviter,
    'mutation($input: InviteMemberInput!) { inviteMember(input: $input) { invitationToken } }',
    {
      input: { organizationId, email, grants: grantInputs(who.grants) },
    },
  )
  const { acceptInvitation } = await ask<{
    acceptInvitation: { user: { id: string }; personalAccessKey: { id: string }; secret: string }
  }>(
    await signedIn(app, email),
    `mutation($token: String!) { acceptInvitation(input: { invitationToken: $token, name: "Joined ${invited}" }) {
       user { id } personalAccessKey { id } secret } }`,
    { token: inviteMember.invitationToken },
  )
  const userId = acceptInvitation.user.id
  const [member] = await app.app.parts.services.database.read((reader) =>
    reader.query<{ id: string }>('SELECT id FROM members WHERE user_id = ? AND organization_id = ?', [
      userId,
      organizationId,
    ]),
  )
  if (member === undefined) throw new Error('Nobody joined.')
  return { userId, memberId: member.id, keyId: acceptInvitation.personalAccessKey.id, secret: acceptInvitation.secret }
}

/** The id of a new console session of the owner of a key. */
export const sessionOf = async (app: TestApp, secret: string): Promise<string> => {
  const session = await signIn(app, secret)
  const { viewer } = await ask<{ viewer: { sessions: { id: string; current: boolean }[] } }>(
    session,
    '{ viewer { sessions { id current } } }',
  )
  return viewer.sessions.find(({ current }) => current)?.id ?? ''
}

/** An organization with one of everything that can be in it. */
export interface Furniture {
  readonly organizationId: string
  readonly path: readonly string[]
  readonly project: string
  readonly module: string
  readonly member: Joined
  /** An invitation that was taken back. */
  readonly invitation: string
  readonly apiKey: string
  readonly personalKey: string
  readonly suspendedKey: string
  readonly event: string
  readonly apiKeyWarning: string
  readonly personalKeyWarning: string
  readonly route: string
  readonly delivery: string
  /** A console session of the member. */
  readonly session: string
  readonly targets: Readonly<
    Record<'organization' | 'module' | 'apiKey' | 'strongKey' | 'personalKey' | 'user' | 'member' | 'session', Target>
  >
}

/** What the key carries that not everybody who operates keys may hold. */
const STRONG = ['audit:viewer', 'keys:operator']

const SOON = { expiresIn: 'PT2H', warnBefore: ['PT1H59M59S'] }

/** A name that no resolver knows (RFC 6761): deliveries are made and never arrive. */
export const SILENT_TARGET = { webhook: { url: 'https://receiver.invalid/' } }

/** Puts one of everything into an organization. Warnings come when two seconds have passed and the sweeper has been. */
export const furnish = async (
  app: TestApp,
  owner: { readonly client: TestClient; readonly userId: string },
  path: readonly string[],
  below: readonly (readonly string[])[] = [],
) => {
  const [organizationId = ''] = path
  const root = path.at(-1) ?? ''
  const id = async (mutation: string, selection: string, input: unknown): Promise<string> => {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
    const data = await ask<Answer>(
      owner.client,
      `mutation($input: ${type}!) { ${mutation}(input: $input) { found: ${selection} { id } } }`,
      { input },
    )
    return data[mutation]?.found.id ?? ''
  }
  const project = await id('createProject', 'project', { organizationId, name: 'Project' })
  const module = await id('defineModule', 'module', {
    organizationId: root,
    name: `for-${organizationId.slice(4, 12)}`,
  })
  const member = await join(app, owner.client, organizationId, { grants: ['tokens:viewer'] })
  const invitation = await id('inviteMember', 'invitation', { organizationId, email: 'open@example.com', grants: [] })
  const taken = await id('inviteMember', 'invitation', { organizationId, email: 'back@example.com', grants: [] })
  await ask(owner.client, `mutation { revokeInvitation(input: { id: "${taken}" }) { revokedInvitationId } }`)
  const { createApiKey: seen } = await ask<{ createApiKey: { apiKey: { id: string }; secret: string } }>(
    owner.client,
    'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } secret } }',
    { input: { organizationId, name: 'Seen', grants: [], projectId: project, ...SOON } },
  )
  const apiKey = seen.apiKey.id
  const strongKey = await id('createApiKey', 'apiKey', { organizationId, name: 'Strong', grants: grantInputs(STRONG) })
  const suspendedKey = await id('createApiKey', 'apiKey', { organizationId, name: 'Suspended', grants: [] })
  // By a manager who did not make it: nobody takes that suspension over.
  const { createApiKey: manager } = await ask<{ createApiKey: { secret: string } }>(
    owner.client,
    'mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }',
    { input: { organizationId, name: 'Suspends', grants: grantInputs(['keys:manager']) } },
  )
  await ask(
    app.anonymous.with(manager.secret),
    `mutation { suspendKey(input: { id: "${suspendedKey}" }) { key { id } } }`,
  )
  const { createPersonalAccessKey } = await ask<{
    createPersonalAccessKey: { personalAccessKey: { id: string }; secret: string }
  }>(
    app.anonymous.with(member.secret),
    `mutation($input: CreatePersonalAccessKeyInput!) { createPersonalAccessKey(input: $input) {
       personalAccessKey { id } secret } }`,
    { input: { organizationId, name: 'Seen', ...SOON } },
  )
  const personalKey = createPersonalAccessKey.personalAccessKey.id
  for (const { secret } of [seen, createPersonalAccessKey]) await ask(app.anonymous.with(secret), '{ viewer { kind } }')
  const route = await id('createNotificationRoute', 'route', { organizationId, name: 'Route', target: SILENT_TARGET })
  const targets = {
    organization: { path },
    // Modules are the root's, and seen from everywhere below it.
    module: { path: [root], below: [...below, path] },
    user: { path, userId: member.userId, below },
    member: { path, below },
    session: { path: null, userId: member.userId },
    apiKey: {
      path,
      key: { id: apiKey, kind: 'API_KEY', ownerId: null, createdById: owner.userId, grants: [] },
    },
    strongKey: {
      path,
      key: { id: strongKey, kind: 'API_KEY', ownerId: null, createdById: owner.userId, grants: STRONG },
    },
    personalKey: {
      path,
      key: {
        id: personalKey,
        kind: 'PERSONAL_ACCESS_KEY',
        ownerId: member.userId,
        createdById: member.userId,
        grants: ['tokens:viewer'],
      },
    },
  } satisfies Furniture['targets']
  const placed = { organizationId, path, project, module, member, invitation: taken, open: invitation }
  const session = await sessionOf(app, member.secret)
  return { ...placed, apiKey, personalKey, suspendedKey, route, session, targets }
}

/** The rest, which time made. */
export const found = async (app: TestApp, placed: Awaited<ReturnType<typeof furnish>>): Promise<Furniture> => {
  const first = async (sql: string, of: string): Promise<string> => {
    const [row] = await app.app.parts.services.database.read((reader) => reader.query<{ id: string }>(sql, [of]))
    if (row === undefined) throw new Error(`Nothing came of ${sql}`)
    return row.id
  }
  const warning = (keyId: string) => first('SELECT id FROM expiry_warnings WHERE key_id = ?', keyId)
  const event = await first('SELECT id FROM audit_events WHERE target_id = ?', placed.apiKey)
  await app.app.parts.notifications.workOff()
  const delivery = await first('SELECT id FROM notification_deliveries WHERE route_id = ?', placed.route)
  const apiKeyWarning = await warning(placed.apiKey)
  const personalKeyWarning = await warning(placed.personalKey)
  await archiveFirstEvent(app, placed.organizationId)
  return { ...placed, event, apiKeyWarning, personalKeyWarning, delivery }
}

/** Gives the log a base. */
const archiveFirstEvent = async (app: TestApp, organizationId: string): Promise<void> => {
  const { services, baseSigner } = app.app.parts
  await services.database.write(async (writer) => {
    const where = 'organization_id = ? AND sequence = 1'
    const [event] = await writer.query<{ hash: string }>(`SELECT hash FROM audit_events WHERE ${where}`, [
      organizationId,
    ])
    if (event === undefined) throw new Error('The log has no first event.')
    const base = await baseSigner.sign(organizationId, { sequence: 1, hash: event.hash })
    await saveBase(writer, { ...base, archivedTypes: {}, deletedTo: 1 }, true)
  })
}
