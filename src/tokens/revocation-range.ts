import type { AccessControl } from '../access/access-control.ts'
import { sequenceBefore } from '../audit/audit-base.store.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import { pageOfEvents } from '../audit/audit-pages.store.ts'
import type { Caller } from '../audit/caller.ts'
import type { Clock } from '../kernel/clock.ts'
import { addSeconds } from '../kernel/duration.ts'
import { LARGEST_PAGE_SIZE, type PageRequest } from '../kernel/page.ts'
import { checkAfter } from '../keys/queries/key-event-feed.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { MAX_TOKEN_LIFETIME_SECONDS } from '../policies/check-policy.ts'
import { REVOCATION_TYPES, revocationOf } from './revocation-feed.ts'

/** Which revocations a verifier must have received to be up to date. */
export interface RevocationRange {
  /** Where to begin: tokens that were ended before it have expired. */
  readonly after: number
  /** Sequence of the newest revocation behind `after`; `after` itself if there is none. */
  readonly head: number
}

/** Finds the positions at which a verifier starts to read revocations and has caught up. */
export class RevocationRanges {
  private readonly database: Database
  private readonly access: AccessControl
  private readonly clock: Clock

  constructor(database: Database, access: AccessControl, clock: Clock) {
    this.database = database
    this.access = access
    this.clock = clock
  }

  /**
   * The range behind a position, at most as far back as the longest lifetime of a token. Needs tokens:viewer. Throws
   * NOT_FOUND, FORBIDDEN, BAD_USER_INPUT.
   */
  async find(
    caller: Caller,
    organizationId: string,
    args: { readonly after?: number | null | undefined },
  ): Promise<RevocationRange> {
    await this.access.require(caller.principal, 'readTokens', organizationId)
    const position = checkAfter(args.after) ?? 0
    const oldest = addSeconds(this.clock.now(), -MAX_TOKEN_LIFETIME_SECONDS)
    return this.database.read(async (reader) => {
      const after = Math.max(position, await sequenceBefore(reader, organizationId, oldest))
      const newest = await findNewest(reader, organizationId, after)
      return { after, head: newest?.sequence ?? after }
    })
  }
}

/** Not every event of these types ends tokens, so it reads back until one does. */
const findNewest = async (reader: Reader, organizationId: string, after: number): Promise<AuditEvent | null> => {
  let position: readonly [number] | null = null
  for (;;) {
    const request: PageRequest = { size: LARGEST_PAGE_SIZE, backward: false, position }
    const page = await pageOfEvents(reader, organizationId, { types: REVOCATION_TYPES }, request)
    for (const event of page.items) {
      if (event.sequence <= after) return null
      if (revocationOf(event) !== null) return event
    }
    const last = page.items.at(-1)
    if (last === undefined || !page.hasNextPage) return null
    position = [last.sequence]
  }
}
