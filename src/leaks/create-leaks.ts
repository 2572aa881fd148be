import type { FastifyInstance } from 'fastify'
import type { FailureLimiter } from '../access/failure-limiter.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../persistence/database.ts'
import type { PolicyDirectory } from '../policies/policy-directory.ts'
import type { TokenSignatures } from '../tokens/token-signatures.ts'
import { GitHubKeys } from './github-keys.ts'
import { registerGitHub } from './github-routes.ts'
import { registerGitLab } from './gitlab-routes.ts'
import { LeakEndings } from './leak-endings.ts'
import { LeakReports } from './leak-reports.ts'
import { LeakWorker } from './leak-worker.ts'
import { LeakedSecrets } from './leaked-secrets.ts'
import { LeakedTokens } from './leaked-tokens.ts'
import { findLeakBacklog } from './pending-leaks.store.ts'
import { ReportSlots } from './report-slots.ts'

export type LeakReporter = 'github' | 'gitlab'

export interface LeaksParts {
  /** Address of the list of GitHub's public keys; null turns GitHub's receiver off. */
  readonly githubKeysUrl: string | null
  /** What GitLab presents; null turns GitLab's receiver off. */
  readonly gitlabToken: string | null
  /** First part of each secret of this service. */
  readonly prefix: string
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly policies: PolicyDirectory
  readonly failures: FailureLimiter
  readonly signatures: TokenSignatures
  /** Called for each report with the number of finds that are ours, and that are not. */
  readonly onReport: (reporter: LeakReporter, ours: number, others: number) => void
  /** Receives why the list of GitHub's keys could not be fetched. */
  readonly onKeysFault: (error: unknown) => void
  /** Receives why the leaks of an answered report could not be written yet. */
  readonly onFault: (error: unknown) => void
}

export interface Leaks {
  /** Registers the routes of the receivers that are on. */
  readonly register: (server: FastifyInstance) => void
  /** Writes what answered reports have left pending. It must be started, also where no receiver is on. */
  readonly worker: LeakWorker
  /** The number of pending leaks over all instances, and the age of the oldest. */
  readonly backlog: () => Promise<{ readonly pending: number; readonly oldestSeconds: number }>
}

/** Constructs the receivers of leaked secrets, and the worker that completes their reports. The worker must be started. */
export const createLeaks = (parts: LeaksParts): Leaks => {
  const { githubKeysUrl, gitlabToken, failures, prefix, database, clock, onReport } = parts
  const endings = new LeakEndings({ secrets: new LeakedSecrets(parts), tokens: new LeakedTokens(parts) })
  const worker = new LeakWorker({ ...parts, endings })
  const reports = new LeakReports({ ...parts, endings, wakeWorker: () => worker.wake() })
  const common = { reports, failures, slots: new ReportSlots() }
  const register = (server: FastifyInstance) => {
    if (githubKeysUrl !== null)
      registerGitHub(server, {
        ...common,
        keys: new GitHubKeys({ url: githubKeysUrl, clock, onFault: parts.onKeysFault }),
        onReport: (ours, others) => onReport('github', ours, others),
      })
    if (gitlabToken !== null)
      registerGitLab(server, {
        ...common,
        token: gitlabToken,
        prefix,
        onReport: (ours, others) => onReport('gitlab', ours, others),
      })
  }
  const backlog = async () => {
    const { pending, oldest } = await database.read(findLeakBacklog)
    const oldestSeconds = oldest === null ? 0 : Math.max(0, (clock.now().getTime() - oldest.getTime()) / 1000)
    return { pending, oldestSeconds }
  }
  return { register, worker, backlog }
}
