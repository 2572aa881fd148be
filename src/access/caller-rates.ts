import type { Clock } from '../kernel/clock.ts'
import { KeyturnError } from '../kernel/errors.ts'
import type { FindPath } from './access-control.ts'
import type { Principal } from './principal.ts'
import { RateLimit } from './rate-limit.ts'

/** Actions that are rate-limited for valid credentials. */
export type LimitedAction = 'exchange' | 'mutation' | 'refusal'

/** Burst size, in seconds of the sustained rate. */
export const BURST_SECONDS = 10
/** The rate of a root organization with all its descendants, as a multiple of a credential's rate. */
export const ORGANIZATION_FACTOR = 10

const MAX_CREDENTIALS = 50_000
const MAX_ORGANIZATIONS = 10_000

const NAMES: Readonly<Record<LimitedAction, string>> = {
  exchange: 'token exchanges',
  mutation: 'mutations',
  refusal: 'refused requests',
}

export interface CallerRatesOptions {
  readonly clock: Clock
  /** Sustained rate of one credential, in actions per second. */
  readonly perSecond: Readonly<Record<LimitedAction, number>>
  readonly findPath: FindPath
  /** Called for each request that is limited. */
  readonly onLimited: (action: LimitedAction) => void
}

interface Limits {
  readonly ofCredential: RateLimit
  readonly ofOrganization: RateLimit
}

/**
 * Limits the rate of each valid credential and of all credentials of a tenant together. Each instance counts in memory, so
 * that no request waits for another server.
 */
export class CallerRates {
  private readonly limits: Readonly<Record<LimitedAction, Limits>>
  private readonly findPath: FindPath
  private readonly onLimited: (action: LimitedAction) => void

  constructor({ clock, perSecond, findPath, onLimited }: CallerRatesOptions) {
    this.findPath = findPath
    this.onLimited = onLimited
    const limitsOf = (rate: number): Limits => {
      const ofAll = rate * ORGANIZATION_FACTOR
      return {
        ofCredential: new RateLimit({
          clock,
          perSecond: rate,
          burst: rate * BURST_SECONDS,
          maxNames: MAX_CREDENTIALS,
        }),
        ofOrganization: new RateLimit({
          clock,
          perSecond: ofAll,
          burst: ofAll * BURST_SECONDS,
          maxNames: MAX_ORGANIZATIONS,
        }),
      }
    }
    this.limits = {
      exchange: limitsOf(perSecond.exchange),
      mutation: limitsOf(perSecond.mutation),
      refusal: limitsOf(perSecond.refusal),
    }
  }

  /** Counts an action. If the limit is exceeded, counts nothing and returns a RATE_LIMITED error. */
  async limit(action: LimitedAction, principal: Principal, count = 1): Promise<KeyturnError | null> {
    const { ofCredential, ofOrganization } = this.limits[action]
    // Count the root organization: creating sub-organizations must not raise the limit.
    const organization = (await this.findPath(principal.organizationId))?.at(-1) ?? principal.organizationId
    // A key and all tokens issued from it share one limit.
    const credential = principal.credential.keyId ?? principal.id
    const waitMs = Math.max(ofCredential.waitMs(credential, count), ofOrganization.waitMs(organization, count))
    if (waitMs > 0) {
      this.onLimited(action)
      const seconds = Math.ceil(waitMs / 1000)
      const message = `Too many ${NAMES[action]} with this credential or in its organization. Try again in ${seconds} seconds.`
      return new KeyturnError('RATE_LIMITED', message, { retryAfterSeconds: seconds })
    }
    ofCredential.take(credential, count)
    ofOrganization.take(organization, count)
    return null
  }

  /** Counts an action. Throws RATE_LIMITED if the limit is exceeded. */
  async require(action: LimitedAction, principal: Principal, count = 1): Promise<void> {
    const error = await this.limit(action, principal, count)
    if (error !== null) throw error
  }
}
