import { type AuditEventType, type DetailsOf, decodeDetails } from './events/event-types.ts'
import type { HashedEvent } from './hash-chain.ts'

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

/** The fields of an event that do not depend on its type. Code that decides anything reads `details`, not `storedDetails`. */
export interface EventRecord extends HashedEvent {
  readonly type: AuditEventType
  readonly actor: Actor
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
