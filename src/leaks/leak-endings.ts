import { BY_SYSTEM, type Cause } from '../audit/audit-event.ts'
import type { Writer } from '../persistence/database.ts'
import type { LeakBatch } from './leak-batches.ts'
import type { LeakedSecrets } from './leaked-secrets.ts'
import type { LeakedTokens } from './leaked-tokens.ts'

/** Who reported leaks, and the request of the report. */
export interface LeakReport {
  readonly reportedBy: string
  readonly requestId: string | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/** The cause of what a report leads to: the service acts by itself, on the request of the report. */
const causeOfReport = ({ requestId, ipAddress, userAgent }: LeakReport): Cause => ({
  ...BY_SYSTEM,
  requestId,
  ipAddress,
  userAgent,
})

export interface LeakEndingsParts {
  readonly secrets: LeakedSecrets
  readonly tokens: LeakedTokens
}

/** Ends what was found, with its events. What was ended before changes nothing. */
export class LeakEndings {
  private readonly parts: LeakEndingsParts

  constructor(parts: LeakEndingsParts) {
    this.parts = parts
  }

  /** Writes a batch, part of the caller's transaction. */
  write(writer: Writer, { kind, leaks }: Pick<LeakBatch, 'kind' | 'leaks'>, report: LeakReport): Promise<void> {
    const { secrets, tokens } = this.parts
    const { reportedBy } = report
    const cause = causeOfReport(report)
    switch (kind) {
      case 'secret':
        return secrets.end(writer, leaks, reportedBy, cause)
      case 'invitation':
        return tokens.revokeInvitations(writer, leaks, reportedBy, cause)
      case 'session':
        return tokens.endSessions(writer, leaks, reportedBy, cause)
      case 'token':
        return tokens.revokeAccessTokens(writer, leaks, reportedBy, cause)
    }
  }
}
