import { hash } from 'node:crypto'
import { canonicalJson, type JsonObject } from './canonical-json.ts'

export const AUDIT_EVENT_TYPES = [
  'ORGANIZATION_CREATED',
  'ORGANIZATION_UPDATED',
  'POLICY_UPDATED',
  'MODULE_DEFINED',
  'MODULE_REMOVED',
  'PROJECT_CREATED',
  'MEMBER_INVITED',
  'MEMBER_JOINED',
  'MEMBER_UPDATED',
  'MEMBER_REMOVED',
  'KEY_CREATED',
  'KEY_UPDATED',
  'KEY_ROTATED',
  'KEY_ROTATION_COMPLETED',
  'KEY_ROTATION_CANCELLED',
  'KEY_SUSPENDED',
  'KEY_RESUMED',
  'KEY_REVOKED',
  'KEY_EXPIRY_WARNING',
  'KEY_EXPIRED',
  'RETIRED_SECRET_USED',
  'EXPIRY_WARNING_ACKNOWLEDGED',
  'TOKEN_ISSUED',
  'TOKEN_REVOKED',
  'ACCESS_DENIED',
  'WEBHOOK_CREATED',
  'WEBHOOK_UPDATED',
  'WEBHOOK_DELETED',
  'SIGNING_KEY_ROTATED',
] as const
export type AuditEventType = (typeof AUDIT_EVENT_TYPES)[number]

export const ACTOR_KINDS = ['USER', 'API_KEY', 'SYSTEM', 'ANONYMOUS'] as const
export type ActorKind = (typeof ACTOR_KINDS)[number]

/** Who did it, as it was named then. */
export interface Actor {
  readonly kind: ActorKind
  readonly id: string | null
  readonly name: string | null
}

const SYSTEM: Actor = { kind: 'SYSTEM', id: null, name: 'Keyturn' }
export const ANONYMOUS: Actor = { kind: 'ANONYMOUS', id: null, name: null }

/** Who caused a change and through which request; every event carries it. */
export interface Cause {
  readonly actor: Actor
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

export const BY_SYSTEM: Cause = { actor: SYSTEM, requestId: null, ipAddress: null, userAgent: null }

/** An event as a use case states it; the log adds its place in the history. */
export interface EventDraft {
  readonly type: AuditEventType
  readonly target: { readonly id: string; readonly name: string | null } | null
  readonly details: JsonObject
}

export interface AuditEvent {
  readonly id: string
  readonly organizationId: string
  /** 1, 2, 3, ... within the organization, without gaps. */
  readonly sequence: number
  readonly type: AuditEventType
  readonly occurredAt: Date
  readonly actor: Actor
  readonly targetId: string | null
  readonly targetName: string | null
  readonly details: JsonObject
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly previousHash: string
  readonly hash: string
}

/** What the first event of a history names as the hash before it. */
export const GENESIS_HASH = '0'.repeat(64)

/** SHA-256, hex, over the canonical JSON (RFC 8785) of all other fields of the event, the previous hash among them. */
export const hashOf = (event: Omit<AuditEvent, 'hash'>): string =>
  hash(
    'sha256',
    canonicalJson({
      actor: { kind: event.actor.kind, id: event.actor.id, name: event.actor.name },
      details: event.details,
      id: event.id,
      ipAddress: event.ipAddress,
      occurredAt: event.occurredAt.toISOString(),
      organizationId: event.organizationId,
      previousHash: event.previousHash,
      requestId: event.requestId,
      sequence: event.sequence,
      targetId: event.targetId,
      targetName: event.targetName,
      type: event.type,
      userAgent: event.userAgent,
    }),
    'hex',
  )
