import type { CallOrigin } from '../access/call-origin.ts'
import { keyLeaked } from '../audit/events/key-events.ts'
import type { KeySubject } from '../audit/events/key-subject.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import type { RevokeToken } from '../tokens/revoke-token.ts'
import { type Find, placeOf } from './find.ts'
import { findCredentials } from './found-credentials.ts'
import { type LeaksOfKind, leaksOf } from './leak.ts'
import { batchesOf, TARGETS_A_TRANSACTION } from './leak-batches.ts'
import { causeOfReport, type LeakEndings, type LeakReport } from './leak-endings.ts'
import { storePending } from './pending-leaks.ts'

export interface LeakReportsParts {
  /** First part of each secret of this service. */
  readonly prefix: string
  readonly database: Database
  readonly clock: Clock
  readonly endings: LeakEndings
  readonly revokeToken: RevokeToken
  /** Starts to write what is stored as pending. */
  readonly wakeWorker: () => void
}

/** Access tokens of a report whose signatures are verified. They are short-lived, and a signature takes time. */
const MOST_TOKENS = 500
const JWT_SHAPE = /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/

/** Takes reports of texts that were found in public places. */
export class LeakReports {
  private readonly parts: LeakReportsParts

  constructor(parts: LeakReportsParts) {
    this.parts = parts
  }

  /**
   * Handles every find that is a credential of this service, and returns for each find whether it is. Other texts change
   * nothing and are stored nowhere. Where the credentials are more than one transaction ends, they are stored durably and
   * end soon after. Throws RATE_LIMITED where too many of these are pending, and UNAVAILABLE.
   *
   * @param afterAnswer runs work when the report has been answered
   */
  async take(
    reportedBy: string,
    finds: readonly Find[],
    { requestId, ipAddress, userAgent }: CallOrigin,
    afterAnswer: (work: () => void) => void,
  ): Promise<boolean[]> {
    const { prefix, database, revokeToken } = this.parts
    const found = await database.read((reader) => findCredentials(reader, prefix, finds))
    const isOurs = found.map((one) => one !== null)
    const report = { reportedBy, requestId, ipAddress, userAgent }
    if ((await this.end(await leaksOf(found, reportedBy), report)) === 'pending') afterAnswer(this.parts.wakeWorker)
    const cause = causeOfReport(report)
    const signed = finds.flatMap((find, index) => (JWT_SHAPE.test(find.text) ? [{ find, index }] : []))
    const given = signed.slice(0, MOST_TOKENS).map(({ find, index }) => ({
      token: find.text,
      reason: (key: KeySubject, tokenId: string) => keyLeaked(key, { reportedBy, ...placeOf(find), tokenId }),
      index,
    }))
    const issuedHere = await revokeToken.revokeTokens(given, cause)
    for (const [position, { index }] of given.entries()) isOurs[index] = issuedHere[position] === true
    return isOurs
  }

  /** Writes what one transaction can end; stores more than that. */
  private async end(leaks: readonly LeaksOfKind[], report: LeakReport): Promise<'written' | 'pending'> {
    const { database, clock, endings } = this.parts
    const batches = leaks.flatMap(batchesOf)
    const targets = new Set(batches.flatMap((batch) => batch.leaks.map(({ targetId }) => targetId)))
    if (targets.size > TARGETS_A_TRANSACTION) {
      await storePending(database, clock, batches, report)
      return 'pending'
    }
    for (const batch of batches)
      await database.writeFor(batch.organizationId, (writer) => endings.write(writer, batch, report))
    return 'written'
  }
}
