import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import { type Actor, ANONYMOUS, type Cause } from './audit-event.ts'

/** The caller of a service, and the request that it made. */
export interface Caller {
  readonly principal: Principal
  readonly cause: Cause
}

const actorOf = (principal: Principal): Actor => ({
  kind: principal.kind,
  id: principal.id,
  name: principal.name,
})

/** The cause of the events of a request. */
export const causeOf = (principal: Principal | null, origin: CallOrigin): Cause => ({
  actor: principal === null ? ANONYMOUS : actorOf(principal),
  credentialId: principal?.credential.keyId ?? null,
  tokenId: principal?.credential.tokenId ?? null,
  requestId: origin.requestId,
  ipAddress: origin.ipAddress,
  userAgent: origin.userAgent,
})
