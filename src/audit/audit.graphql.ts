import { builder } from '../schema-kit/builder.ts'
import { createConnection } from '../schema-kit/connections.ts'
import { callerOf } from '../schema-kit/context.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import { ActorRef } from './actor.graphql.ts'
import type { AuditEvent } from './audit-event.ts'
import type { AuditQueries } from './audit-queries.ts'
import type { AuditVerification } from './audit-verification.ts'
import { EVENT_DESCRIPTIONS } from './events/event-descriptions.ts'
import { AUDIT_EVENT_TYPES, type AuditEventType } from './events/event-types.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly audit: AuditQueries
  }
}

export const AuditEventTypeRef = builder.enumType('AuditEventType', {
  description: 'The type of an event in an audit log.',
  values: Object.fromEntries(
    AUDIT_EVENT_TYPES.map((type) => [type, { description: EVENT_DESCRIPTIONS[type], value: type }]),
  ) as Record<AuditEventType, { description: string; value: AuditEventType }>,
})

/** An event, and whether the keyEvents subscription delivered it, which has its own authorization rule. */
export type SeenEvent = AuditEvent & { readonly throughKeyEvents?: true }

export const AuditEventRef = builder.objectRef<SeenEvent>('AuditEvent').implement({
  description:
    'An event in the audit log of an organization. Events are never changed, and deleted only after they were archived (see `Organization.auditRetention`). The hash of an event covers all its fields and the hash of the previous event.',
  interfaces: [NodeRef],
  authScopes: (event) =>
    event.throughKeyEvents ? { caller: true } : { may: { permission: 'readAuditLog', in: event.organizationId } },
  fields: (t) => ({
    organizationId: t.exposeID('organizationId', {
      description: 'Id of the organization whose audit log contains the event.',
    }),
    sequence: t.field({
      type: 'SafeInt',
      description: 'Position in the audit log of the organization: 1, 2, 3, ... without gaps.',
      resolve: (event) => event.sequence,
    }),
    type: t.field({
      type: AuditEventTypeRef,
      description: 'The type of the event.',
      resolve: (event) => event.type,
    }),
    occurredAt: t.field({
      type: 'DateTime',
      description: 'Time at which the event was written. Never earlier than that of the previous event.',
      resolve: (event) => event.occurredAt,
    }),
    actor: t.field({
      type: ActorRef,
      description:
        'The caller that caused the event. For `KEY_CREATED` events that are received through `keyEvents`, only `kind` is set, unless the reader has `keys:operator` or `audit:viewer`, or owns the personal access key.',
      resolve: (event) => event.actor,
    }),
    credentialId: t.exposeID('credentialId', {
      nullable: true,
      description:
        'Id of the key whose secret or access token the caller used. Null for Keyturn itself, anonymous callers, people signed in through an identity provider, and events written before this field existed.',
    }),
    tokenId: t.exposeString('tokenId', {
      nullable: true,
      description: 'The `jti` of the access token that the caller used. Null if the caller used the secret itself.',
    }),
    targetId: t.exposeID('targetId', {
      nullable: true,
      description: 'Id of the object that the event is about.',
    }),
    targetName: t.exposeString('targetName', {
      nullable: true,
      description: 'Name of the object at that time.',
    }),
    details: t.field({
      type: 'JSONObject',
      description:
        'What changed, by field. For `TOKEN_ISSUED` and `TOKEN_REVOKED` it includes `tokenId`, the `jti` of the token. Fields that need a further grant are omitted without it, and listed in `withheld`: `allowedIps` needs `keys:manager`, the email address of an invitation needs `members:manager`.',
      resolve: (event) => event.storedDetails,
    }),
    requestId: t.exposeString('requestId', {
      nullable: true,
      description: 'The `x-request-id` of the request.',
    }),
    ipAddress: t.exposeString('ipAddress', {
      nullable: true,
      description: 'IP address of the request. Requires `audit:manager`.',
      authScopes: (event) => ({ may: { permission: 'readOrigins', in: event.organizationId } }),
    }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'User agent of the request. Requires `audit:manager`.',
      authScopes: (event) => ({ may: { permission: 'readOrigins', in: event.organizationId } }),
    }),
    previousHash: t.exposeString('previousHash', {
      description: 'Hash of the previous event; 64 zeros for the first event.',
    }),
    hash: t.exposeString('hash', {
      description:
        'SHA-256 hash, in hex, of the canonical JSON (RFC 8785) of all other fields. `credentialId` and `tokenId` are left out if they are null. The hash also covers withheld details, so only a reader from whom nothing is withheld can recompute it.',
    }),
  }),
})

registerNode('event', {
  typeOf: () => 'AuditEvent',
  find: (id, context) => context.services.audit.find(callerOf(context), id),
})

export const AuditEventConnectionRef = createConnection('AuditEvent', 'audit events', AuditEventRef)

export const AuditVerificationRef = builder.objectRef<AuditVerification>('AuditVerification').implement({
  description: 'The result of verifying the hash chain of an audit log.',
  partOfParent: true,
  fields: (t) => ({
    intact: t.exposeBoolean('intact', {
      description:
        'Whether every event is present, in its place and unchanged, and the log contains all that was signed.',
    }),
    baseSequence: t.field({
      type: 'SafeInt',
      description: 'Sequence of the last archived event, behind which the log begins. 0 if none was archived.',
      resolve: (verification) => verification.baseSequence,
    }),
    checkedEvents: t.field({
      type: 'SafeInt',
      description: 'Number of events that were verified as valid, from the first one that the log has.',
      resolve: (verification) => verification.checkedEvents,
    }),
    firstBrokenSequence: t.field({
      type: 'SafeInt',
      nullable: true,
      description: 'Sequence of the first event that is missing, changed or out of place. Null if the log is intact.',
      resolve: (verification) => verification.firstBrokenSequence,
    }),
    headHash: t.exposeString('headHash', { description: 'Hash of the newest event.' }),
  }),
})

export const AuditEventFilterRef = builder.inputType('AuditEventFilter', {
  description: 'Which events of an audit log to return. A field that is left out does not filter.',
  fields: (t) => ({
    types: t.field({ type: [AuditEventTypeRef], description: 'Events of any of these types. At most 100 items.' }),
    actorId: t.id({ description: 'Events that this user or API key caused.' }),
    targetId: t.id({ description: 'Events about this object.' }),
    afterSequence: t.field({
      type: 'SafeInt',
      description: 'Events with a greater sequence. With `last`, an exporter reads on from where it stopped.',
    }),
    occurredAfter: t.field({ type: 'DateTime', description: 'Events after this time.' }),
    occurredBefore: t.field({ type: 'DateTime', description: 'Events before this time.' }),
  }),
})
