import { describe, expect, it } from 'vitest'
import { accessDenied, keyAccessDenied, sessionEnded, sessionStarted } from '../../src/audit/events/access-events.ts'
import { AUDIT_EVENT_TYPES, decodeDetails, type EventDraft } from '../../src/audit/events/event-types.ts'
import * as key from '../../src/audit/events/key-events.ts'
import * as member from '../../src/audit/events/member-events.ts'
import * as notification from '../../src/audit/events/notification-events.ts'
import * as organization from '../../src/audit/events/organization-events.ts'
import * as token from '../../src/audit/events/token-events.ts'
import type { JsonObject } from '../../src/audit-chain/canonical-json.ts'

const NOW = new Date('2026-06-01T12:00:00.000Z')
const DAY = 86_400
const NAMED = { id: 'org_1', name: 'Acme' }
const PERSONAL = { id: 'key_1', name: 'laptop', kind: 'PERSONAL_ACCESS_KEY', ownerId: 'usr_1' } as const
const MACHINE = { id: 'key_2', name: 'deployer', kind: 'API_KEY', ownerId: null } as const
const GRANTS = [{ module: 'build', role: 'OPERATOR' }] as const
const EXPIRY = { from: null, to: NOW }
const SESSION = { id: 'ses_1', userId: 'usr_1', userName: 'Ann' }
const ANN = { id: 'usr_1', name: 'Ann' }

/** What every builder makes, with and without what may be missing. */
const DRAFTS: readonly EventDraft[] = [
  organization.organizationCreated({ ...NAMED, slug: 'acme', parentId: null }),
  organization.organizationUpdated(NAMED, { name: { from: 'A', to: 'Acme' } }),
  organization.auditEventsArchived(NAMED, {
    firstSequence: 1,
    lastSequence: 2,
    lastHash: 'a'.repeat(64),
    file: 'org_1/1-2.ndjson',
    sha256: 'b'.repeat(64),
  }),
  organization.policyUpdated('org_1', { changes: {}, nonConformingKeys: 1, nonConformingKeyIds: ['key_1'] }),
  organization.moduleDefined({ ...NAMED, description: null }),
  organization.moduleRemoved(NAMED),
  organization.projectCreated({ ...NAMED, slug: 'web' }),
  member.memberInvited({ id: 'inv_1', email: 'ann@example.com', grants: GRANTS, expiresAt: NOW }),
  member.invitationRevoked({ id: 'inv_1', email: 'ann@example.com' }),
  member.memberJoined({ id: 'mem_1', grants: GRANTS }, ANN),
  member.memberUpdated({ id: 'mem_1' }, ANN, { from: GRANTS, to: [] }),
  member.invitationEnded({ id: 'inv_1', email: 'ann@example.com' }),
  member.memberRemoved({ id: 'mem_1' }, ANN, ['key_1'], 2),
  key.keyCreated({ ...PERSONAL, grants: null, projectId: null, expiresAt: null, allowedIps: [] }, 'kt_pk_...abcd'),
  key.keyCreated({ ...MACHINE, grants: GRANTS, projectId: 'prj_1', expiresAt: NOW, allowedIps: ['::/0'] }, 'hint'),
  key.keyUpdated(MACHINE, { metadata: { from: null, to: { deep: [1] } } }),
  key.newSecretFirstUsed(MACHINE, NOW),
  key.keyRotated(MACHINE, {
    hint: 'new',
    previousHint: null,
    previousSecretValidUntil: NOW,
    overlap: DAY,
    overlapFromFirstUse: true,
    expiresAt: EXPIRY,
    replacedHint: 'kt_ak_x…y',
  }),
  key.rotationCompleted(MACHINE, 'old'),
  key.overlapEnded(MACHINE, 'old', NOW),
  key.rotationCancelled(PERSONAL, 'new', EXPIRY),
  key.keySuspended(MACHINE),
  key.keyResumed(PERSONAL),
  key.keyRevoked(MACHINE, { reason: 'COMPROMISED', note: 'found', bySecret: true, policy: 'revokeUnusedAfter' }),
  key.keyRevoked(PERSONAL, { reason: 'OWNER_LEFT' }),
  key.keyExpiryWarning(MACHINE, { id: 'wrn_1', threshold: DAY, expiresAt: NOW, cause: 'disuse' }),
  key.keyExpired(MACHINE, NOW),
  key.keyLeaked(MACHINE, { reportedBy: 'GitHub', foundAt: null }),
  key.retiredSecretUsed(PERSONAL, 'revoked'),
  key.retiredSecretUsed(MACHINE, 'suspended'),
  key.expiryWarningAcknowledged(MACHINE, 'wrn_1'),
  token.tokenIssued(MACHINE, { id: 'jti', scope: '', audience: 'a', organizationId: 'org_1', expiresAt: NOW }),
  token.tokenRevoked(PERSONAL, { id: 'jti', organizationId: 'org_1', expiresAt: NOW }),
  token.keyTokensInvalidated('key_1', { cause: 'KEY_SUSPENDED', tokenId: null, issuedBefore: NOW }),
  token.keyTokensInvalidated('key_1', { cause: 'TOKEN_REVOKED', tokenId: 'jti', issuedBefore: NOW }),
  token.signingKeyRotated('kid', 'ES256'),
  accessDenied({ reason: 'forbidden', field: 'Query.organization', required: ['audit:viewer'] }),
  keyAccessDenied(PERSONAL, { reason: 'exchange', code: 'FORBIDDEN' }),
  sessionStarted(SESSION, NOW),
  sessionEnded(SESSION, 'signed-out'),
  notification.notificationRouteCreated({ ...NAMED, channel: 'WEBHOOK' }),
  notification.notificationRouteUpdated(NAMED, { enabled: { from: true, to: false } }, 'Its receiver is gone.'),
  notification.notificationRouteDeleted(NAMED),
]

describe('the events', () => {
  it('have a builder for every type', () => {
    expect([...new Set(DRAFTS.map(({ type }) => type))].sort()).toEqual([...AUDIT_EVENT_TYPES].sort())
  })

  it.each(DRAFTS.map((draft) => [draft.type, draft] as const))('are decoded as they were built: %s', (type, draft) => {
    const stored: JsonObject = JSON.parse(JSON.stringify(draft.details))
    expect(decodeDetails(type, stored)).toEqual(draft.details)
  })

  it('are decoded with fields that a newer version added', () => {
    const stored = { kind: 'API_KEY', reason: 'A_REASON_OF_LATER', addedLater: { by: ['whom'] } }
    expect(decodeDetails('KEY_REVOKED', stored)).toEqual({ kind: 'API_KEY', reason: 'A_REASON_OF_LATER' })
  })

  it.each<[string, string, JsonObject]>([
    ['details of another shape', 'TOKEN_REVOKED', { kind: 'API_KEY', tokenId: 1, expiresAt: '2026' }],
    ['an instant that is none', 'TOKEN_REVOKED', { kind: 'API_KEY', tokenId: 'jti', expiresAt: 'yesterday' }],
    ['details that are no JSON', 'KEY_CREATED', { unreadable: '{"cut off": ' }],
    ['a type of a newer version', 'KEY_PAINTED', { kind: 'API_KEY' }],
    ['a type that every object knows', 'toString', {}],
    ['a prototype as its type', '__proto__', {}],
  ])('have null details, and no error, if they cannot be decoded: %s', (_what, type, stored) => {
    expect(decodeDetails(type as 'KEY_CREATED', stored)).toBeNull()
  })
})
