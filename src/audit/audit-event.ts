import { hash } from 'node:crypto'
import { canonicalJson, type JsonObject } from './canonical-json.ts'
import { type AuditEventType, type DetailsOf, decodeDetails } from './events/event-types.ts'

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

/** The fields of an event that do not depend on its type. */
export interface EventRecord {
  readonly id: string
  readonly organizationId: string
  /** 1, 2, 3, ... within the organization, without gaps. */
  readonly sequence: number
  readonly type: AuditEventType
  readonly occurredAt: Date
  readonly actor: Actor
  readonly targetId: string | null
  readonly targetName: string | null
  /** The details as they are stored: what the hash covers and the API shows. Code that decides anything reads `details`. */
  readonly storedDetails: JsonObject
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
  readonly previousHash: string
  readonly hash: string
}

/**
 * A committed event: the union over all types, or over the given ones. `details` is null where the stored details do not
 * fit the type, because somebody altered the row or a newer version wrote it. Such an event must still have its effect:
 * assume the strongest one that its type can have.
 */
export type AuditEvent<Type extends AuditEventType = AuditEventType> = {
  [T in Type]: EventRecord & { readonly type: T; readonly details: DetailsOf<T> | null }
}[Type]

/** Decodes the details of an event, once, where it enters the process. Never throws. */
export const decodeEvent = (record: EventRecord): AuditEvent =>
  // The compiler does not see that the details were decoded by the schema of that very type.
  ({ ...record, details: decodeDetails(record.type, record.storedDetails) }) as AuditEvent

/** What the first event of a history names as the hash before it. */
export const GENESIS_HASH = '0'.repeat(64)

/** SHA-256, hex, over the canonical JSON (RFC 8785) of all other fields of the event, the previous hash among them. */
export const hashOf = (event: Omit<EventRecord, 'hash'>): string =>
  hash(
    'sha256',
    canonicalJson({
      actor: { kind: event.actor.kind, id: event.actor.id, name: event.actor.name },
      details: event.storedDetails,
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
