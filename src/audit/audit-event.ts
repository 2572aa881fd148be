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

/** The credential that a request was made with. `actor` says who did something, this says by which of their keys. */
interface ActingCredential {
  /** The key whose secret or token acted; null for the service itself, anonymous callers and identity providers. */
  readonly credentialId: string | null
  /** `jti` of the access token that acted; null where the secret itself did. */
  readonly tokenId: string | null
}

/** Who caused a change, by which credential and through which request; every event carries it. */
export interface Cause extends ActingCredential {
  readonly actor: Actor
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

export const BY_SYSTEM: Cause = {
  actor: SYSTEM,
  credentialId: null,
  tokenId: null,
  requestId: null,
  ipAddress: null,
  userAgent: null,
}

/** The same cause, by the credential that an anonymous caller presented as the argument of the request. */
export const presenting = (cause: Cause, credentialId: string, tokenId: string | null): Cause =>
  cause.actor.kind === 'ANONYMOUS' ? { ...cause, credentialId, tokenId } : cause

/** The fields of an event that do not depend on its type. */
export interface EventRecord extends ActingCredential {
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

/**
 * SHA-256, hex, over the canonical JSON (RFC 8785) of all other fields of the event, the previous hash among them.
 * `credentialId` and `tokenId` are left out where they are null: so events from before these fields still verify, and
 * adding, removing or changing either of them changes the hash.
 */
export const hashOf = (event: Omit<EventRecord, 'hash'>): string =>
  hash(
    'sha256',
    canonicalJson({
      actor: { kind: event.actor.kind, id: event.actor.id, name: event.actor.name },
      ...(event.credentialId === null ? {} : { credentialId: event.credentialId }),
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
      ...(event.tokenId === null ? {} : { tokenId: event.tokenId }),
      type: event.type,
      userAgent: event.userAgent,
    }),
    'hex',
  )
