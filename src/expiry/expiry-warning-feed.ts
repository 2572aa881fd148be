import type { AccessControl } from '../access/access-control.ts'
import type { LiveReader } from '../access/live-reader.ts'
import type { Principal } from '../access/principal.ts'
import type { Caller } from '../audit/caller.ts'
import { forbidden } from '../kernel/errors.ts'
import { checkAfter, mayHearOf } from '../keys/queries/key-event-feed.ts'
import type { LiveItem } from '../live/live-request.ts'
import type { LiveSubscriptions } from '../live/live-subscriptions.ts'
import { RecentValues } from '../live/recent-values.ts'
import type { Database } from '../persistence/database.ts'
import type { ExpiryWarningRow } from './expiry-warning.entity.ts'
import { findWarnings } from './expiry-warnings.store.ts'

/** Live expiry warnings. */
export class ExpiryWarningFeed {
  private readonly live: LiveSubscriptions
  private readonly database: Database
  private readonly access: AccessControl
  private readonly items = new RecentValues<LiveItem<ExpiryWarningRow> | null>()

  constructor(live: LiveSubscriptions, database: Database, access: AccessControl) {
    this.live = live
    this.database = database
    this.access = access
  }

  /**
   * Subscribes to the expiry warnings about keys that the caller can read. Requires keys:viewer for as long as it runs; a
   * member without it receives the warnings about their own keys. Throws NOT_FOUND, FORBIDDEN, BAD_USER_INPUT.
   */
  async subscribe(
    caller: Caller,
    reader: LiveReader,
    args: { readonly organizationId: string; readonly after?: number | null | undefined },
  ): Promise<AsyncIterable<LiveItem<ExpiryWarningRow>>> {
    const { organizationId } = args
    await this.access.requireVisible(caller.principal, organizationId)
    if (!(await this.mayFollow(caller.principal, organizationId))) throw forbidden(['keys:viewer'])
    return this.live.subscribe<ExpiryWarningRow, 'KEY_EXPIRY_WARNING'>({
      reader,
      principal: caller.principal,
      topic: JSON.stringify(['expiryWarnings', organizationId]),
      items: this.items,
      follow: { organizationId, types: ['KEY_EXPIRY_WARNING'], after: checkAfter(args.after) },
      mayFollow: (principal) => this.mayFollow(principal, organizationId),
      valueOf: async (event, principal) => {
        const warningId = event.details?.warningId
        if (warningId === undefined || !(await mayHearOf(this.access, principal, event))) return null
        const [warning] = await this.database.read((reading) => findWarnings(reading, [warningId]))
        return warning ?? null
      },
    })
  }

  /** A member may always subscribe, because of their own keys. Each warning is authorized separately. */
  private async mayFollow(principal: Principal, organizationId: string): Promise<boolean> {
    if (await this.access.may(principal, 'readWarnings', organizationId)) return true
    return principal.kind === 'USER' && (await this.access.sees(principal, organizationId))
  }
}
