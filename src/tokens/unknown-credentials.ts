import type { CallOrigin } from '../access/call-origin.ts'
import { causeOf } from '../audit/caller.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import { accessDenied } from '../audit/events/access-events.ts'
import type { Database } from '../persistence/database.ts'
import { findFirstOrganization } from './tokens.store.ts'

/**
 * Records refused credentials that belong to no key, so to no tenant, in the audit log of the first organization: the people
 * who run the service read it.
 */
export class UnknownCredentials {
  private readonly database: Database
  private readonly denials: DenialRecorder
  /** It never changes once there is one. */
  private firstOrganization: string | null = null

  constructor(database: Database, denials: DenialRecorder) {
    this.database = database
    this.denials = denials
  }

  /** @param reason what was presented: a token, a session or its sign-in code; `unknown` for a secret */
  async record(reason: 'unknown' | 'token' | 'session', from: CallOrigin): Promise<void> {
    this.firstOrganization ??= await this.database.read(findFirstOrganization)
    const organizationId = this.firstOrganization
    if (organizationId === null) return
    await this.denials.record({ organizationId, cause: causeOf(null, from), draft: accessDenied({ reason }) })
  }
}
