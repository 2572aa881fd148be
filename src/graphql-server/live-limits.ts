import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import type { Limits } from '../config.ts'
import { addressGroup } from '../kernel/address-group.ts'
import { type SlotHolder, SlotLimit } from './slot-limit.ts'

/** Limits of what callers hold open on this instance. */
export interface LiveLimits {
  /** WebSockets and event streams of callers with a credential. */
  readonly connections: SlotLimit
  /** WebSockets whose caller has not presented a valid credential, counted by address. */
  readonly unauthenticated: SlotLimit
  /** Live subscriptions over all transports. */
  readonly subscriptions: SlotLimit
}

export const createLiveLimits = (limits: Limits): LiveLimits => ({
  connections: new SlotLimit({
    what: 'live connections',
    holder: 'credential',
    perHolder: limits.socketsPerCredential,
    perOrganization: limits.socketsPerOrganization,
    inAll: limits.sockets,
  }),
  unauthenticated: new SlotLimit({
    what: 'unauthenticated WebSockets',
    holder: 'address',
    perHolder: limits.unauthenticatedSocketsPerAddress,
    perOrganization: Number.POSITIVE_INFINITY,
    inAll: limits.unauthenticatedSockets,
  }),
  subscriptions: new SlotLimit({
    what: 'live subscriptions',
    holder: 'credential',
    perHolder: limits.subscriptionsPerCredential,
    perOrganization: limits.subscriptionsPerOrganization,
    inAll: limits.subscriptions,
  }),
})

/** Who counts for what a credential holds open: its key, however it is presented, or the identity provider's user. */
const credentialHolder = ({ id, credential, organizationId }: Principal): SlotHolder => ({
  name: credential.keyId ?? id,
  organizationId,
})

/** Who counts for what a caller without a credential holds open. */
export const addressHolder = ({ ipAddress }: CallOrigin): SlotHolder => ({
  name: `address:${addressGroup(ipAddress)}`,
  organizationId: null,
})

export const holderOf = (principal: Principal | null, origin: CallOrigin): SlotHolder =>
  principal === null ? addressHolder(origin) : credentialHolder(principal)
