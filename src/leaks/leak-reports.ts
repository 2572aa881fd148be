import type { CallOrigin } from '../access/call-origin.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import type { TokenSignatures } from '../tokens/token-signatures.ts'
import type { Find } from './find.ts'
import { findCredentials } from './found-credentials.ts'
import { claimsOfTokens } from './found-tokens.ts'
import { freshLeaks } from './fresh-leaks.ts'
import { type LeaksOfKind, leaksOf } from './leak.ts'
import { batchesOf, TARGETS_A_TRANSACTION } from './leak-batches.ts'
import type { LeakEndings, LeakReport } from './leak-endings.ts'
import { storePending } from './pending-leaks.ts'

export interface LeakReportsParts {
  /** First part of each secret of this service. */
  readonly prefix: string
  readonly database: Database
  readonly clock: Clock
  readonly endings: LeakEndings
  readonly signatures: TokenSignatures
  /** Starts to write what is stored as pending. */
  readonly wakeWorker: () => void
}

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
    const { prefix, database, clock, signatures } = this.parts
    const tokens = await claimsOfTokens(signatures, finds)
    const { found, leaks } = await database.read(async (reader) => {
      const found = await findCredentials(reader, prefix, finds, tokens)
      return { found, leaks: await freshLeaks(reader, await leaksOf(found, reportedBy, clock.now())) }
    })
    const report = { reportedBy, requestId, ipAddress, userAgent }
    if ((await this.end(leaks, report)) === 'pending') afterAnswer(this.parts.wakeWorker)
    return found.map((one) => one !== null)
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
