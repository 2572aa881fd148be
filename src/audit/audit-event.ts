import type { HashedEvent } from '../audit-chain/hashed-event.ts'
import { type AuditEventType, type DetailsOf, decodeDetails } from './events/event-types.ts'

export const ACTOR_KINDS = ['USER', 'API_KEY', 'SYSTEM', 'ANONYMOUS'] as const
export type ActorKind = (typeof ACTOR_KINDS)[number]

/** The caller that caused an event, as it was named at that time. */
export interface Actor {
  readonly kind: ActorKind
  readonly id: string | null
  readonly name: string | null
}

const SYSTEM: Actor = { kind: 'SYSTEM', id: null, name: 'Keyturn' }
export const ANONYMOUS: Actor = { kind: 'ANONYMOUS', id: null, name: null }

/** The credential that a request was made with. `actor` is the person or machine; this is the key that they used. */
interface ActingCredential {
  /** The key whose secret or token was used; null for Keyturn itself, anonymous callers and identity providers. */
  readonly credentialId: string | null
  /** `jti` of the access token that was used; null if the secret itself was used. */
  readonly tokenId: string | null
}

/** The caller, credential and request that caused a change. Every event contains it. */
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

/** The same cause with the credential that an anonymous caller presented as an argument of the request. */
export const presenting = (cause: Cause, credentialId: string, tokenId: string | null): Cause =>
  cause.actor.kind === 'ANONYMOUS' ? { ...cause, credentialId, tokenId } : cause

/** The fields of an event that do not depend on its type. Code that decides anything reads `details`, not `storedDetails`. */
export interface EventRecord extends HashedEvent {
  readonly type: AuditEventType
  readonly actor: Actor
}

/**
 * A committed event: the union over all types, or over the given ones. `details` is null if the stored details do not fit
 * the type, because somebody altered the row or a newer version wrote it. Such an event must still take effect: assume the
 * strongest effect that its type can have.
 */
export type AuditEvent<Type extends AuditEventType = AuditEventType> = {
  [T in Type]: EventRecord & { readonly type: T; readonly details: DetailsOf<T> | null }
}[Type]

/** Decodes the details of an event once, where it enters the process. Never throws. */
export const decodeEvent = (record: EventRecord): AuditEvent =>
  // The compiler does not know that the schema of this type decoded the details.
  ({ ...record, details: decodeDetails(record.type, record.storedDetails) }) as AuditEvent
