import type { Clock } from '../kernel/clock.ts'
import { KeyturnError } from '../kernel/errors.ts'
import type { FindPath } from './access-control.ts'
import type { Principal } from './principal.ts'
import { RateLimit } from './rate-limit.ts'

/** What the holder of a valid credential is limited in. */
export type LimitedAction = 'exchange' | 'mutation' | 'refusal'

/** A credential may use up this many seconds of its rate at once. */
export const BURST_SECONDS = 10
/** The credentials of a root organization and all below it together may do this many times what one may. */
export const ORGANIZATION_FACTOR = 10

const CREDENTIALS_KEPT = 50_000
const ORGANIZATIONS_KEPT = 10_000

const NAMES: Readonly<Record<LimitedAction, string>> = {
  exchange: 'token exchanges',
  mutation: 'mutations',
  refusal: 'refused requests',
}

export interface CallerRatesOptions {
  readonly clock: Clock
  /** What one credential may do. */
  readonly perSecond: Readonly<Record<LimitedAction, number>>
  readonly findPath: FindPath
  /** Receives each request that is limited. */
  readonly onLimited: (action: LimitedAction) => void
}

interface Limits {
  readonly ofCredential: RateLimit
  readonly ofOrganization: RateLimit
}

/**
 * Bounds what a valid credential may ask for, and what the credentials of one tenant may ask for together. Counted in the
 * memory of each instance, so a request never waits for another server to be counted.
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
          mostNames: CREDENTIALS_KEPT,
        }),
        ofOrganization: new RateLimit({
          clock,
          perSecond: ofAll,
          burst: ofAll * BURST_SECONDS,
          mostNames: ORGANIZATIONS_KEPT,
        }),
      }
    }
    this.limits = {
      exchange: limitsOf(perSecond.exchange),
      mutation: limitsOf(perSecond.mutation),
      refusal: limitsOf(perSecond.refusal),
    }
  }

  /** Counts an action. Returns the error to answer, RATE_LIMITED, where there were too many: then nothing is counted. */
  async limit(action: LimitedAction, principal: Principal, count = 1): Promise<KeyturnError | null> {
    const { ofCredential, ofOrganization } = this.limits[action]
    // The tenant, not the sub-organization: whoever makes more of these must not get more.
    const organization = (await this.findPath(principal.organizationId))?.at(-1) ?? principal.organizationId
    // A key and all tokens that are made from it count as one.
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

  /** Counts an action. Throws RATE_LIMITED where there were too many. */
  async require(action: LimitedAction, principal: Principal, count = 1): Promise<void> {
    const error = await this.limit(action, principal, count)
    if (error !== null) throw error
  }
}
