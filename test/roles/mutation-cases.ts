import type { TestApp } from '../support/boot.ts'
import { ask, type Furniture, join, SILENT_TARGET } from './furniture.ts'
import { type Caller, decideRow, type Own, type Target, type Verdict } from './oracle.ts'

/** A mutation that must be refused to those without the right to it, and to the others at most for another reason. */
export interface MutationCase {
  readonly row: string
  /** The call, for a caller of whom the rules say this. */
  readonly text: (verdict: Verdict) => Promise<string>
  readonly expect: (caller: Caller) => Verdict
  /** How it ends for those who may: it is made to fail later, so that nothing changes. Null: it succeeds. */
  readonly outcome: 'BAD_USER_INPUT' | 'CONFLICT' | null
}

const NOWHERE: Target = { path: null }

const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${literal(inner)}`)
      .join(', ')} }`
  if (value === 'VIEWER') return value
  return JSON.stringify(value)
}

export const callOf = (name: string, input: object, selection = '__typename'): string =>
  `${name}(input: ${literal(input)}) { ${selection} }`

interface Probe {
  readonly name: string
  readonly target: Target
  readonly input: object
  readonly outcome?: MutationCase['outcome']
}

const BOTH_EXPIRIES = { expiresAt: '2100-01-01T00:00:00Z', expiresIn: 'P1D' }

const idIn = ({ key }: Target): string => key?.id ?? ''

/** What needs to hold what the key carries. */
const changesOf = (target: Target): Probe[] => {
  const id = idIn(target)
  return [
    { name: 'updateKey', target, input: { id, name: '' } },
    { name: 'rotateKey', target, input: { id, ...BOTH_EXPIRIES } },
    { name: 'completeRotation', target, input: { id }, outcome: 'CONFLICT' },
    { name: 'cancelRotation', target, input: { id }, outcome: 'CONFLICT' },
  ]
}

const endsOf = (target: Target): Probe[] => {
  const id = idIn(target)
  return [
    { name: 'resumeKey', target, input: { id }, outcome: 'CONFLICT' },
    { name: 'revokeKey', target, input: { id, note: 'x'.repeat(1_001) } },
  ]
}

const suspensionOf = (target: Target): Probe => ({
  name: 'suspendKey',
  target,
  input: { id: idIn(target) },
  outcome: 'CONFLICT',
})

/** The mutations in an organization that has one of everything. */
const probesIn = (place: Furniture): Probe[] => {
  const { organizationId, targets } = place
  const { organization, apiKey, strongKey, personalKey } = targets
  const suspended: Target = {
    ...apiKey,
    ...(apiKey.key === undefined ? {} : { key: { ...apiKey.key, id: place.suspendedKey } }),
  }
  return [
    ...[apiKey, personalKey].flatMap((target) => [...changesOf(target), ...endsOf(target)]),
    ...changesOf(strongKey),
    suspensionOf(suspended),
    { name: 'createOrganization', target: organization, input: { parentId: organizationId, name: '' } },
    { name: 'updateKeyPolicy', target: organization, input: { organizationId, policy: { maximumLifetime: 'PT0S' } } },
    { name: 'updateAuditRetention', target: organization, input: { organizationId, keep: 'P1D' } },
    { name: 'defineModule', target: organization, input: { organizationId, name: 'Not a name' } },
    { name: 'createProject', target: organization, input: { organizationId, name: '' } },
    { name: 'inviteMember', target: organization, input: { organizationId, email: 'nobody', grants: [] } },
    { name: 'revokeInvitation', target: organization, input: { id: place.invitation }, outcome: 'CONFLICT' },
    {
      name: 'updateMember',
      target: organization,
      input: { memberId: place.member.memberId, grants: [{ module: 'nowhere', role: 'VIEWER' }] },
    },
    { name: 'createApiKey', target: organization, input: { organizationId, name: '', grants: [] } },
    { name: 'createPersonalAccessKey', target: organization, input: { organizationId, name: '' } },
    { name: 'revokeKeys', target: organization, input: { organizationId, filter: {}, expectedCount: -1 } },
    {
      name: 'createNotificationRoute',
      target: organization,
      input: { organizationId, name: '', target: SILENT_TARGET },
    },
    { name: 'updateNotificationRoute', target: organization, input: { id: place.route, name: '' } },
    { name: 'sendTestNotification', target: organization, input: { id: place.route }, outcome: null },
    { name: 'redeliverNotifications', target: organization, input: { routeId: place.route, afterSequence: -1 } },
    { name: 'acknowledgeExpiryWarning', target: apiKey, input: { id: place.apiKeyWarning }, outcome: null },
    { name: 'acknowledgeExpiryWarning', target: personalKey, input: { id: place.personalKeyWarning }, outcome: null },
  ]
}

/** Those that need no credential, each with something that is no secret, token or invitation. */
const OPEN_PROBES: readonly Probe[] = [
  { name: 'acceptInvitation', target: NOWHERE, input: { invitationToken: 'none', name: 'Nobody' } },
  { name: 'revokeSecret', target: NOWHERE, input: { secret: 'none' } },
  { name: 'revokeAccessToken', target: NOWHERE, input: { token: 'none' } },
  { name: 'exchangeKey', target: NOWHERE, input: { secret: 'none', organizationId: 'none' } },
]

const caseOf = ({ name, target, input, outcome = 'BAD_USER_INPUT' }: Probe): MutationCase => ({
  row: `Mutation.${name}`,
  text: async () => callOf(name, input),
  expect: (caller) => decideRow(`Mutation.${name}`, caller, target),
  outcome,
})

/** To remove somebody cannot fail where one may: those who may remove somebody who was let in for that. */
const removal = (app: TestApp, place: Furniture): MutationCase => ({
  row: 'Mutation.removeMember',
  text: async (verdict) => {
    const member = verdict.open ? await join(app, app.owner, place.organizationId, { grants: [] }) : place.member
    return callOf('removeMember', { memberId: member.memberId })
  },
  expect: (caller) => decideRow('Mutation.removeMember', caller, place.targets.organization),
  outcome: null,
})

/** To delete a route cannot fail where one may: those who may delete one that was made for that. */
const deletion = (app: TestApp, place: Furniture): MutationCase => ({
  row: 'Mutation.deleteNotificationRoute',
  text: async (verdict) =>
    callOf('deleteNotificationRoute', { id: verdict.open ? await makeRoute(app, place) : place.route }),
  expect: (caller) => decideRow('Mutation.deleteNotificationRoute', caller, place.targets.organization),
  outcome: null,
})

/** The id of a new route. */
export const makeRoute = async (app: TestApp, { organizationId }: Furniture): Promise<string> => {
  const { createNotificationRoute } = await ask<{ createNotificationRoute: { route: { id: string } } }>(
    app.owner,
    `mutation($input: CreateNotificationRouteInput!) { createNotificationRoute(input: $input) { route { id } } }`,
    { input: { organizationId, name: 'Tried', target: SILENT_TARGET } },
  )
  return createNotificationRoute.route.id
}

export const mutationCases = (app: TestApp, place: Furniture): MutationCase[] => [
  ...probesIn(place).map(caseOf),
  removal(app, place),
  deletion(app, place),
]

/** The same with what is the caller's own. */
export const ownMutationCases = ({ key, session, suspended, made, madeSuspended }: Own): MutationCase[] =>
  [
    ...changesOf(key),
    ...endsOf(key),
    suspensionOf(suspended),
    { name: 'endSessions', target: session.target, input: { id: 'none' } },
    ...(made === null ? [] : endsOf(made)),
    ...(madeSuspended === null ? [] : [suspensionOf(madeSuspended)]),
  ].map(caseOf)

export const openMutationCases = (): MutationCase[] => OPEN_PROBES.map(caseOf)
