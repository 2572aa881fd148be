import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LiveReader } from '../../src/access/live-reader.ts'
import type { Principal } from '../../src/access/principal.ts'
import { type Caller, causeOf } from '../../src/audit/caller.ts'
import {
  CreateNotificationRouteDocument,
  CreateProjectDocument,
  InviteMemberDocument,
  SendTestNotificationDocument,
  SessionsDocument,
} from '../../src/generated/graphql.ts'
import { newId } from '../../src/kernel/ids.ts'
import { findInvitation } from '../../src/memberships/members.store.ts'
import { listModules } from '../../src/organizations/organizations.store.ts'
import type { Services } from '../../src/schema-kit/context.ts'
import { useApp } from '../support/boot.ts'
import { signIn } from '../support/console.ts'
import { memberIdOf } from '../support/people.ts'

const app = useApp()

/** Parts that hold no object of a tenant, or whose whole purpose is to decide rights. */
const NO_USE_CASES = ['database', 'clock', 'access', 'keyAccess', 'denials', 'rates', 'directory', 'policies']

/** Methods without a caller, and what protects them instead. */
const WITHOUT_CALLER: Readonly<Record<string, string>> = {
  'createKey.issueFirst': 'runs inside the transaction of another use case',
  'checkpoints.store': 'the schedule signs for the server itself',
  'checkpoints.anchors': 'the verifier of audit logs reads them inside its own reads',
  'members.emailOf': 'answers about the caller alone',
  'acceptInvitation.accept': 'the invitation token is the right',
  'revokeKey.revokeSecret': 'possession of the secret is the right',
  'exchange.secret': 'possession of the secret is the right',
  'exchange.personalKey': 'possession of the secret is the right',
  'exchange.apiKey': 'possession of the secret is the right',
  'exchange.token': 'possession of the token is the right',
  'sessions.signOut': 'possession of the cookie is the right',
  'revokeToken.revoke': 'possession of the token is the right',
}

/** One of everything, of an organization that the caller has no rights in. */
interface Objects {
  readonly organizationId: string
  readonly keyId: string
  readonly keySecret: string
  readonly projectId: string
  readonly moduleId: string
  readonly memberId: string
  readonly userId: string
  readonly invitationId: string
  readonly eventId: string
  readonly routeId: string
  readonly deliveryId: string
  readonly sessionId: string
}

/** What a call does for a caller without rights: it refuses, or answers that there is nothing. */
type Call = (services: Services, caller: Caller, of: Objects) => unknown

const reader: LiveReader = { credential: null, end: () => undefined, onGone: () => () => undefined }
const grants = [{ module: 'keys', role: 'VIEWER' }] as const

const CALLS: Readonly<Record<string, Call>> = {
  'createOrganization.create': (s, c, { organizationId }) =>
    s.createOrganization.create(c, { name: 'New', parentId: organizationId }),
  'defineModule.define': (s, c, { organizationId }) => s.defineModule.define(c, { organizationId, name: 'build' }),
  'createProject.create': (s, c, { organizationId }) => s.createProject.create(c, { organizationId, name: 'New' }),
  'organizations.find': (s, c, { organizationId }) => s.organizations.find(c, organizationId),
  'organizations.findProject': (s, c, { projectId }) => s.organizations.findProject(c, projectId),
  'organizations.findModule': (s, c, { moduleId }) => s.organizations.findModule(c, moduleId),
  'organizations.listSuborganizations': (s, c, { organizationId }) =>
    s.organizations.listSuborganizations(c, organizationId),
  'organizations.listProjects': (s, c, { organizationId }) => s.organizations.listProjects(c, organizationId),
  'organizations.listModules': (s, c, { organizationId }) => s.organizations.listModules(c, organizationId),
  'organizations.listTree': (s, c, { organizationId }) => s.organizations.listTree(c, organizationId),
  'organizations.listReachable': (s, c) => s.organizations.listReachable(c),
  'invitations.invite': (s, c, { organizationId }) =>
    s.invitations.invite(c, { organizationId, email: 'new@example.com', grants: [] }),
  'invitations.revoke': (s, c, { invitationId }) => s.invitations.revoke(c, invitationId),
  'invitations.listOpen': (s, c, { organizationId }) => s.invitations.listOpen(c, organizationId),
  'invitations.isAcceptable': async (s, c, { invitationId }) => {
    const invitation = await s.database.read((reading) => findInvitation(reading, invitationId))
    return invitation === null ? true : s.invitations.isAcceptable(c, invitation)
  },
  'members.update': (s, c, { memberId }) => s.members.update(c, { memberId, grants: [] }),
  'removeMember.remove': (s, c, { memberId }) => s.removeMember.remove(c, memberId),
  'members.page': (s, c, { organizationId }) => s.members.page(c, organizationId, {}),
  'members.find': (s, c, { memberId }) => s.members.find(c, memberId),
  'members.findUser': (s, c, { userId }) => s.members.findUser(c, userId),
  'members.canReadUser': (s, c, { userId }) => s.members.canReadUser(c.principal, userId),
  'previewPolicy.preview': (s, c, { organizationId }) =>
    s.previewPolicy.preview(c, organizationId, { expiryRequired: true }),
  'retention.find': (s, c, { organizationId }) => s.retention.find(c, organizationId),
  'retention.update': (s, c, { organizationId }) => s.retention.update(c, organizationId, null),
  'updatePolicy.update': (s, c, { organizationId }) =>
    s.updatePolicy.update(c, organizationId, { expiryRequired: true }),
  'keyQueries.find': (s, c, { keyId }) => s.keyQueries.find(c, keyId),
  'keyQueries.page': (s, c, { organizationId }) =>
    s.keyQueries.page(c, { organizationId, kind: 'API_KEY' }, {}, null, {}),
  'keyQueries.listOwn': (s, c) => s.keyQueries.listOwn(c),
  'createKey.createApiKey': (s, c, { organizationId }) =>
    s.createKey.createApiKey(c, { organizationId, name: 'New', grants: [] }),
  'createKey.createPersonalKey': (s, c, { organizationId }) =>
    s.createKey.createPersonalKey(c, { organizationId, name: 'New', grants }),
  'updateKey.update': (s, c, { keyId }) => s.updateKey.update(c, { id: keyId, name: 'New' }),
  'rotateKey.rotate': (s, c, { keyId }) => s.rotateKey.rotate(c, { id: keyId }),
  'endRotation.complete': (s, c, { keyId }) => s.endRotation.complete(c, keyId),
  'endRotation.cancel': (s, c, { keyId }) => s.endRotation.cancel(c, keyId),
  'suspendKey.suspend': (s, c, { keyId }) => s.suspendKey.suspend(c, keyId),
  'suspendKey.resume': (s, c, { keyId }) => s.suspendKey.resume(c, keyId),
  'revokeKey.revoke': (s, c, { keyId }) => s.revokeKey.revoke(c, { id: keyId }),
  'revokeKeys.revoke': (s, c, { organizationId }) =>
    s.revokeKeys.revoke(c, { organizationId, filter: {}, expectedCount: 0 }),
  'audit.page': (s, c, { organizationId }) => s.audit.page(c, organizationId, {}, {}),
  'audit.pageAbout': (s, c, { organizationId, keyId }) => s.audit.pageAbout(c, { id: keyId, organizationId }, {}),
  'audit.find': (s, c, { eventId }) => s.audit.find(c, eventId),
  'audit.verify': (s, c, { organizationId }) => s.audit.verify(c, organizationId),
  'warnings.page': (s, c, { organizationId }) => s.warnings.page(c, organizationId, null, {}),
  'warnings.find': (s, c) => s.warnings.find(c, newId('warning')),
  'warnings.acknowledge': (s, c) => s.warnings.acknowledge(c, newId('warning')),
  'createRoute.create': (s, c, { organizationId }) =>
    s.createRoute.create(c, { organizationId, name: 'New', target: {} }),
  'updateRoute.update': (s, c, { routeId }) => s.updateRoute.update(c, { id: routeId, name: 'New' }),
  'deleteRoute.delete': (s, c, { routeId }) => s.deleteRoute.delete(c, routeId),
  'redeliver.redeliver': (s, c, { routeId }) => s.redeliver.redeliver(c, routeId, 0),
  'notificationRoutes.list': (s, c, { organizationId }) => s.notificationRoutes.list(c, organizationId),
  'notificationRoutes.find': (s, c, { routeId }) => s.notificationRoutes.find(c, routeId),
  'notificationDeliveries.page': (s, c, { routeId }) => s.notificationDeliveries.page(c, routeId, null, {}),
  'notificationDeliveries.find': (s, c, { deliveryId }) => s.notificationDeliveries.find(c, deliveryId),
  'testNotifications.send': (s, c, { routeId }) => s.testNotifications.send(c, routeId),
  'sessions.listOwn': (s, c) => s.sessions.listOwn(c),
  'sessions.find': (s, c, { sessionId }) => s.sessions.find(c, sessionId),
  'sessions.end': (s, c, { sessionId }) => s.sessions.end(c, sessionId),
  'keyEvents.subscribe': (s, c, { organizationId }) => s.keyEvents.subscribe(c, reader, { organizationId }),
  'warningFeed.subscribe': (s, c, { organizationId }) => s.warningFeed.subscribe(c, reader, { organizationId }),
  'revocations.subscribe': (s, c, { organizationId }) => s.revocations.subscribe(c, reader, { organizationId }),
  'revocationRanges.find': (s, c, { organizationId }) => s.revocationRanges.find(c, organizationId, {}),
  'checkpoints.sign': (s, c, { organizationId }) => s.checkpoints.sign(c, organizationId),
  'introspect.introspect': async (s, c, { keySecret }) => {
    const from = { requestId: null, ipAddress: null, userAgent: null }
    return (await s.introspect.introspect(c.principal, keySecret, from)).active
  },
}

/** Calls that somebody who belongs to the organization may make without any grant. */
const FOR_ANY_MEMBER = [
  'organizations.find',
  'organizations.findProject',
  'organizations.findModule',
  'organizations.listSuborganizations',
  'organizations.listProjects',
  'organizations.listModules',
  'organizations.listTree',
  'organizations.listReachable',
  'warningFeed.subscribe',
]

/** Calls that answer that there is nothing, instead of refusing. */
const ANSWER_NOTHING = [
  'organizations.listReachable',
  'members.canReadUser',
  'keyQueries.listOwn',
  'sessions.listOwn',
  'introspect.introspect',
]
const expectedOf = (name: string): string => (ANSWER_NOTHING.includes(name) ? 'nothing' : 'refused')

const SOURCES = join(import.meta.dirname, '../../src')
const texts = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(SOURCES, path), 'utf8'))

/** Names of an object's methods that the declaration of its class does not call private. */
const publicMethodsOf = (service: object): string[] => {
  const { name } = service.constructor
  const text = texts.find((one) => new RegExp(`^export class ${name}\\b`, 'm').test(one))
  if (text === undefined) throw new Error(`No source declares the class ${name}.`)
  return Object.getOwnPropertyNames(Object.getPrototypeOf(service)).filter(
    (method) => method !== 'constructor' && !new RegExp(`^  private (async )?${method}\\(`, 'm').test(text),
  )
}

const callerWith = (holdings: Principal['holdings'], organizationId: string): Caller => {
  const credential = {
    kind: 'SECRET',
    keyId: null,
    tokenId: null,
    sessionId: null,
    expiresAt: null,
    keyExpiresAt: null,
    allowedIps: [],
    verifiedEmail: null,
  } as const
  const id = newId('user')
  const principal: Principal = {
    kind: 'USER',
    id,
    name: 'Nobody',
    credential,
    organizationId,
    holdings,
    narrowedTo: null,
    within: null,
    serverOwner: false,
  }
  return { principal, cause: causeOf(principal, { requestId: null, ipAddress: null, userAgent: null }) }
}

/** `refused`, `nothing` where an answer is empty, else `answered`. */
const outcomeOf = async (call: () => unknown): Promise<string> => {
  try {
    const answer = await call()
    return answer === false || (Array.isArray(answer) && answer.length === 0) ? 'nothing' : 'answered'
  } catch (error) {
    const { code } = error as { readonly code?: string }
    if (code === 'NOT_FOUND' || code === 'FORBIDDEN' || code === 'UNAUTHENTICATED') return 'refused'
    throw error
  }
}

describe('the services', () => {
  let objects: Objects

  beforeAll(async () => {
    const { organizationId } = app
    const { id: keyId, secret: keySecret } = await app.apiKey()
    const person = await app.person('Member', [])
    const { createProject } = await app.owner.run(CreateProjectDocument, { input: { organizationId, name: 'Project' } })
    await app.owner.run(InviteMemberDocument, {
      input: { organizationId, email: 'invited@example.com', grants: [] },
    })
    const { database } = app.app.parts.services
    const ids = await database.read(async (reading) => {
      const [module] = await listModules(reading, organizationId)
      const [event] = await reading.query<{ id: string }>('SELECT id FROM audit_events ORDER BY sequence LIMIT 1')
      const [invitation] = await reading.query<{ id: string }>('SELECT id FROM invitations WHERE accepted_at IS NULL')
      return { moduleId: module?.id ?? '', eventId: event?.id ?? '', invitationId: invitation?.id ?? '' }
    })
    const { createNotificationRoute } = await app.owner.run(CreateNotificationRouteDocument, {
      input: { organizationId, name: 'Route', target: { webhook: { url: 'https://receiver.invalid/' } } },
    })
    const routeId = createNotificationRoute.route.id
    const { sendTestNotification } = await app.owner.run(SendTestNotificationDocument, { input: { id: routeId } })
    const memberId = await memberIdOf(app, person.userId)
    const { viewer } = await (await signIn(app, person.secret)).run(SessionsDocument, {})
    objects = {
      organizationId,
      keyId,
      keySecret,
      projectId: createProject.project.id,
      memberId,
      routeId,
      sessionId: viewer.sessions[0]?.id ?? '',
      deliveryId: sendTestNotification.delivery.id,
      userId: person.userId,
      ...ids,
    }
  })

  it('every public method has a case here', () => {
    const offered = Object.entries(app.app.parts.services).flatMap(([name, service]) =>
      NO_USE_CASES.includes(name) || typeof service === 'function'
        ? []
        : publicMethodsOf(service).map((method) => `${name}.${method}`),
    )
    expect([...Object.keys(CALLS), ...Object.keys(WITHOUT_CALLER)].sort()).toEqual(offered.sort())
  })

  it.each(Object.entries(CALLS))('reject a caller of another tenant: %s', async (name, call) => {
    const { services } = app.app.parts
    const outcome = await outcomeOf(() => call(services, callerWith([], objects.organizationId), objects))
    expect(outcome).toBe(expectedOf(name))
  })

  it.each(Object.entries(CALLS).filter(([name]) => !FOR_ANY_MEMBER.includes(name)))(
    'reject a member without grants: %s',
    async (name, call) => {
      const { services } = app.app.parts
      const { organizationId } = objects
      const caller = callerWith([{ organizationId, grants: [] }], organizationId)
      expect(await outcomeOf(() => call(services, caller, objects))).toBe(expectedOf(name))
    },
  )
})
