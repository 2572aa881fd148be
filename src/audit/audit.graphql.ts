import { builder } from '../schema-kit/builder.ts'
import { createConnection } from '../schema-kit/connections.ts'
import { callerOf } from '../schema-kit/context.ts'
import { NodeRef, registerNode } from '../schema-kit/node.ts'
import type { ACTOR_KINDS, Actor, AuditEvent } from './audit-event.ts'
import type { AuditQueries } from './audit-queries.ts'
import type { AuditVerification } from './audit-verification.ts'
import { AUDIT_EVENT_TYPES, type AuditEventType } from './events/event-types.ts'

declare module '../schema-kit/context.ts' {
  interface Services {
    readonly audit: AuditQueries
  }
}

const EVENT_MEANINGS: Readonly<Record<AuditEventType, string>> = {
  ORGANIZATION_CREATED: 'The organization was created.',
  ORGANIZATION_UPDATED: 'The name or slug of the organization was changed.',
  POLICY_UPDATED: 'The key policy was changed; details name the keys that no longer conform.',
  MODULE_DEFINED: 'A module was defined.',
  MODULE_REMOVED: 'A module was removed.',
  PROJECT_CREATED: 'A project was created.',
  MEMBER_INVITED: 'Somebody was invited, or an invitation was taken back.',
  MEMBER_JOINED: 'Somebody became a member.',
  MEMBER_UPDATED: 'The grants of a member were changed.',
  MEMBER_REMOVED: 'A membership was ended; details name the personal keys that were revoked with it.',
  KEY_CREATED: 'A key was created.',
  KEY_UPDATED: 'A key was changed; details say what, from what to what.',
  KEY_ROTATED: 'A key got a new secret.',
  KEY_ROTATION_COMPLETED: 'The old secret of a rotation was retired.',
  KEY_ROTATION_CANCELLED: 'A rotation was undone: the old secret is the current one again.',
  KEY_SUSPENDED: 'A key was stopped for a while.',
  KEY_RESUMED: 'A suspended key goes on.',
  KEY_REVOKED: 'A key was ended for good.',
  KEY_EXPIRY_WARNING: 'A key comes near its expiry.',
  KEY_EXPIRED: 'A key reached its expiry.',
  RETIRED_SECRET_USED: 'A secret was used that a rotation had retired.',
  KEY_LEAKED: 'A secret of the key was found where others can read it; details say where, and who reported it.',
  EXPIRY_WARNING_ACKNOWLEDGED: 'Somebody said that they have seen an expiry warning.',
  TOKEN_ISSUED: 'An access token was issued.',
  TOKEN_REVOKED: 'An access token was ended before its time.',
  KEY_TOKENS_INVALIDATED:
    'Access tokens that were made for the organization ended or lost grants; details name the type of the event that did it.',
  ACCESS_DENIED: 'Somebody was refused; identical refusals within a minute are counted in one event.',
  SESSION_STARTED: 'A person signed in at the console.',
  SESSION_ENDED: 'A session at the console was ended before its time.',
  NOTIFICATION_ROUTE_CREATED: 'A notification route was created.',
  NOTIFICATION_ROUTE_UPDATED: 'A notification route was changed, or disabled because its deliveries failed.',
  NOTIFICATION_ROUTE_DELETED: 'A notification route was deleted.',
  SIGNING_KEY_ROTATED: 'The service signs access tokens with a new key.',
}

export const AuditEventTypeRef = builder.enumType('AuditEventType', {
  description: 'What an event of the audit history tells of.',
  values: Object.fromEntries(
    AUDIT_EVENT_TYPES.map((type) => [type, { description: EVENT_MEANINGS[type], value: type }]),
  ) as Record<AuditEventType, { description: string; value: AuditEventType }>,
})

export const ActorKindRef = builder.enumType('ActorKind', {
  description: 'What kind of caller did something.',
  values: {
    USER: { description: 'A person.' },
    API_KEY: { description: 'A machine, by an API key.' },
    SYSTEM: { description: 'Keyturn itself: what time or a policy does.' },
    ANONYMOUS: { description: 'Somebody who showed no credential that says who they are.' },
  } satisfies Record<(typeof ACTOR_KINDS)[number], { description: string }>,
})

export const ActorRef = builder.objectRef<Actor>('Actor').implement({
  description: 'Who did it, as it was named then.',
  partOfParent: true,
  fields: (t) => ({
    kind: t.field({
      type: ActorKindRef,
      description: 'What kind of caller it was.',
      resolve: (actor) => actor.kind,
    }),
    id: t.exposeID('id', {
      nullable: true,
      description: 'Id of the user or of the API key.',
    }),
    name: t.exposeString('name', {
      nullable: true,
      description: 'Name at that time.',
    }),
  }),
})

/** An event, and whether it was delivered by the subscription to key events, which has its own rule. */
export type SeenEvent = AuditEvent & { readonly throughKeyEvents?: true }

export const AuditEventRef = builder.objectRef<SeenEvent>('AuditEvent').implement({
  description:
    'One event of the audit history. It is never changed; its hash covers all its fields and the hash before it.',
  interfaces: [NodeRef],
  authScopes: (event) =>
    event.throughKeyEvents ? { caller: true } : { may: { permission: 'readHistory', in: event.organizationId } },
  fields: (t) => ({
    organizationId: t.exposeID('organizationId', { description: 'Organization whose history the event belongs to.' }),
    sequence: t.field({
      type: 'SafeInt',
      description: "Position in the organization's history: 1, 2, 3, ... without gaps.",
      resolve: (event) => event.sequence,
    }),
    type: t.field({
      type: AuditEventTypeRef,
      description: 'What it tells of.',
      resolve: (event) => event.type,
    }),
    occurredAt: t.field({
      type: 'DateTime',
      description: 'When it was committed. Never before the event before it.',
      resolve: (event) => event.occurredAt,
    }),
    actor: t.field({
      type: ActorRef,
      description:
        'Who did it. Of KEY_CREATED, received by keyEvents, only the kind, unless the reader holds keys:operator or audit:viewer, or owns the personal key.',
      resolve: (event) => event.actor,
    }),
    credentialId: t.exposeID('credentialId', {
      nullable: true,
      description:
        'Id of the key whose secret or access token acted. Null for Keyturn itself, anonymous callers, people signed in by an identity provider, and events from before this was recorded.',
    }),
    tokenId: t.exposeString('tokenId', {
      nullable: true,
      description: 'The access token that acted (jti). Null where the secret itself did.',
    }),
    targetId: t.exposeID('targetId', {
      nullable: true,
      description: 'Id of what it was done to.',
    }),
    targetName: t.exposeString('targetName', {
      nullable: true,
      description: 'Name, at that time, of what it was done to.',
    }),
    details: t.field({
      type: 'JSONObject',
      description:
        "What changed, by field; for TOKEN_ISSUED and TOKEN_REVOKED also tokenId, the token's jti. A field that repeats one which needs a further grant is left out without it, and named in withheld: allowedIps needs keys:manager, the e-mail address of an invitation members:manager.",
      resolve: (event) => event.storedDetails,
    }),
    requestId: t.exposeString('requestId', {
      nullable: true,
      description: 'The x-request-id of the request that did it.',
    }),
    ipAddress: t.exposeString('ipAddress', {
      nullable: true,
      description: 'Address that the request came from. Needs audit:manager.',
      authScopes: (event) => ({ may: { permission: 'readOrigins', in: event.organizationId } }),
    }),
    userAgent: t.exposeString('userAgent', {
      nullable: true,
      description: 'Program that made the request, as it named itself. Needs audit:manager.',
      authScopes: (event) => ({ may: { permission: 'readOrigins', in: event.organizationId } }),
    }),
    previousHash: t.exposeString('previousHash', {
      description: 'Hash of the event before it; 64 zeros for the first.',
    }),
    hash: t.exposeString('hash', {
      description:
        'SHA-256, hex, over the canonical JSON (RFC 8785) of all other fields. credentialId and tokenId are left out where they are null. It covers what is withheld, too: only a reader from whom nothing is withheld can recompute it.',
    }),
  }),
})

registerNode('event', {
  typeOf: () => 'AuditEvent',
  find: (id, context) => context.services.audit.find(callerOf(context), id),
})

export const AuditEventConnectionRef = createConnection('AuditEvent', 'events of the audit history', AuditEventRef)

export const AuditVerificationRef = builder.objectRef<AuditVerification>('AuditVerification').implement({
  description: 'What a walk along the hash chain of a history found.',
  partOfParent: true,
  fields: (t) => ({
    intact: t.exposeBoolean('intact', {
      description:
        'Whether every event is there, in its place and as it was written, and nothing is missing that was signed.',
    }),
    checkedEvents: t.field({
      type: 'SafeInt',
      description: 'Number of events that were verified as valid, from the first on.',
      resolve: (verification) => verification.checkedEvents,
    }),
    firstBrokenSequence: t.field({
      type: 'SafeInt',
      nullable: true,
      description: 'Sequence of the first event that is missing, altered or out of place.',
      resolve: (verification) => verification.firstBrokenSequence,
    }),
    headHash: t.exposeString('headHash', { description: 'Hash of the newest event.' }),
  }),
})

export const AuditEventFilterRef = builder.inputType('AuditEventFilter', {
  description: 'Which events a history shows. What is left out does not filter.',
  fields: (t) => ({
    types: t.field({ type: [AuditEventTypeRef], description: 'Events of any of these types; at most 100 items.' }),
    actorId: t.id({ description: 'Events that this user or API key caused.' }),
    targetId: t.id({ description: 'Events about this object.' }),
    occurredAfter: t.field({ type: 'DateTime', description: 'Events after this instant.' }),
    occurredBefore: t.field({ type: 'DateTime', description: 'Events before this instant.' }),
  }),
})
