import { type KeyObject, verify } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { FailureLimiter } from '../access/failure-limiter.ts'
import { NO_STORE, refuseOtherMethods } from '../http/form.ts'
import { originOf } from '../http/request-origin.ts'
import { unauthenticated } from '../kernel/errors.ts'
import { mapInSlices } from '../kernel/in-slices.ts'
import { hashSecret } from '../kernel/secret-text.ts'
import type { GitHubKeys } from './github-keys.ts'
import type { LeakReports } from './leak-reports.ts'
import { githubFind, parseFinds } from './report-body.ts'
import { onceAnswered, takeReports, WRONG_METHOD } from './report-scope.ts'
import type { ReportSlots } from './report-slots.ts'

export interface GitHubRoutesParts {
  readonly keys: GitHubKeys
  readonly reports: LeakReports
  readonly failures: FailureLimiter
  readonly slots: ReportSlots
  /** Called with the number of finds that are ours, and that are not. */
  readonly onReport: (ours: number, others: number) => void
}

const URL = '/leaks/github'
const KEY_ID_SHAPE = /^[\w.:-]{1,256}$/
/** Base64 of a DER signature of P-256, at most 72 bytes. */
const SIGNATURE_SHAPE = /^[A-Za-z0-9+/]{8,96}={0,2}$/

/** Registers the receiver of GitHub's secret scanning partner program. */
export const registerGitHub = (server: FastifyInstance, parts: GitHubRoutesParts): void => {
  const { keys, reports, failures, slots, onReport } = parts
  const signing = new WeakMap<FastifyRequest, { readonly key: KeyObject; readonly signature: Buffer }>()
  const refuse = async (request: FastifyRequest): Promise<never> => {
    const limited = await failures.consume(originOf(request), null)
    throw (
      limited ?? unauthenticated('UNKNOWN', 'The report must have a signature by a key of the list that is configured.')
    )
  }
  void server.register(async (scope) => {
    takeReports(scope)
    scope.route({
      method: 'POST',
      url: URL,
      // Before the body is read: who names no key of GitHub sends no body of this size.
      onRequest: async (request, reply) => {
        const id = header(request, 'github-public-key-identifier')
        const signature = header(request, 'github-public-key-signature')
        if (!KEY_ID_SHAPE.test(id) || !SIGNATURE_SHAPE.test(signature)) return refuse(request)
        const key = await keys.find(id)
        if (key === null) return refuse(request)
        slots.read(request, reply)
        signing.set(request, { key, signature: Buffer.from(signature, 'base64') })
      },
      handler: async (request, reply) => {
        const { body } = request
        const given = signing.get(request)
        if (given === undefined || !Buffer.isBuffer(body) || !verify('sha256', body, given.key, given.signature))
          return refuse(request)
        const finds = await parseFinds(body, githubFind)
        const reported = finds.map(({ token: text, url, source }) => ({
          text,
          foundAt: url ?? null,
          foundIn: source ?? null,
        }))
        const ours = await slots.handle('GitHub', () =>
          reports.take('GitHub', reported, originOf(request), onceAnswered(reply)),
        )
        const known = ours.filter((isOurs) => isOurs).length
        onReport(known, finds.length - known)
        const answers = await mapInSlices(finds, ({ token, type }, index) => ({
          token_hash: hashSecret(token),
          token_type: type,
          label: ours[index] === true ? 'true_positive' : 'false_positive',
        }))
        return reply.headers(NO_STORE).send(answers)
      },
    })
    refuseOtherMethods(scope, [URL], 'POST', WRONG_METHOD)
  })
}

const header = (request: FastifyRequest, name: string): string => {
  const value = request.headers[name]
  return typeof value === 'string' ? value : ''
}
