import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { FailureLimiter } from '../access/failure-limiter.ts'
import { NO_STORE, refuseOtherMethods } from '../http/form.ts'
import { originOf } from '../http/request-origin.ts'
import { unauthenticated } from '../kernel/errors.ts'
import { hashSecret, scannerRuleId } from '../kernel/secret-text.ts'
import { INVITATION_RULE_ID } from '../memberships/invitation-token.ts'
import type { LeakReports } from './leak-reports.ts'
import { gitlabFind, parseFinds } from './report-body.ts'
import { onceAnswered, takeReports, WRONG_METHOD } from './report-scope.ts'
import type { ReportSlots } from './report-slots.ts'

export interface GitLabRoutesParts {
  /** What GitLab presents. */
  readonly token: string
  /** First part of each secret of this service. */
  readonly prefix: string
  readonly reports: LeakReports
  readonly failures: FailureLimiter
  readonly slots: ReportSlots
  /** Called with the number of finds that are ours, and that are not. */
  readonly onReport: (ours: number, others: number) => void
}

const TYPES_URL = '/v1/revocable_token_types'
const REVOKE_URL = '/v1/revoke_tokens'

/** Registers GitLab's token revocation API. */
export const registerGitLab = (server: FastifyInstance, parts: GitLabRoutesParts): void => {
  const { reports, failures, slots, prefix, onReport } = parts
  const expected = digest(parts.token)
  void server.register(async (scope) => {
    takeReports(scope)
    const authenticate = async (request: FastifyRequest): Promise<void> => {
      // GitLab sends what its administrator entered, with or without the word before it.
      const presented = (request.headers.authorization ?? '').replace(/^bearer +/i, '').trim()
      if (timingSafeEqual(digest(presented), expected)) return
      const limited = await failures.consume(originOf(request), null)
      throw limited ?? unauthenticated('UNKNOWN', 'Present the value of KEYTURN_LEAKS_GITLAB_TOKEN as a bearer token.')
    }
    scope.addHook('onSend', async (_request, reply) => {
      if (reply.statusCode === 401) reply.header('www-authenticate', 'Bearer realm="keyturn leaks"')
    })
    scope.route({
      method: 'GET',
      url: TYPES_URL,
      onRequest: authenticate,
      // GitLab joins the kind and the value of what its scanner calls the finding.
      handler: (_request, reply) =>
        reply
          .headers(NO_STORE)
          .send({ types: [scannerRuleId(prefix), INVITATION_RULE_ID].map((id) => `gitleaks_rule_id_${id}`) }),
    })
    scope.route({
      method: 'POST',
      url: REVOKE_URL,
      onRequest: async (request, reply) => {
        await authenticate(request)
        slots.read(request, reply)
      },
      handler: async (request, reply) => {
        const finds = await parseFinds(request.body, gitlabFind)
        const reported = finds.map(({ token: text, location }) => ({ text, foundAt: location ?? null, foundIn: null }))
        const ours = await slots.handle('GitLab', () =>
          reports.take('GitLab', reported, originOf(request), onceAnswered(reply)),
        )
        const known = ours.filter((isOurs) => isOurs).length
        onReport(known, finds.length - known)
        return reply.status(204).headers(NO_STORE).send()
      },
    })
    refuseOtherMethods(scope, [TYPES_URL], 'GET', WRONG_METHOD)
    refuseOtherMethods(scope, [REVOKE_URL], 'POST', WRONG_METHOD)
  })
}

const digest = (text: string): Buffer => Buffer.from(hashSecret(text), 'hex')
