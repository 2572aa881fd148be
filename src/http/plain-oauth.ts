import type { FastifyBaseLogger } from 'fastify'
import { KeyturnError } from '../kernel/errors.ts'
import { NO_STORE, parseForm } from './form.ts'
import type { OAuthEndpoint } from './oauth-endpoints.ts'
import { bugAnswer, failureAnswer } from './oauth-errors.ts'
import type { PlainAnswer, PlainRequest, PlainRoute } from './plain-requests.ts'

const LONGEST_BODY = 16_384

const FORM_TYPES: ReadonlySet<string | undefined> = new Set([
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded;charset=UTF-8',
  'application/x-www-form-urlencoded;charset=utf-8',
  'application/x-www-form-urlencoded; charset=UTF-8',
  'application/x-www-form-urlencoded; charset=utf-8',
])

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }
const SUCCESS_HEADERS = Object.entries({ ...NO_STORE, ...JSON_TYPE }).flat()

export interface PlainOAuthOptions {
  readonly path: string
  readonly endpoint: OAuthEndpoint
  /** Whether callers may authenticate by a bearer credential. */
  readonly takesBearer: boolean
  readonly logger: FastifyBaseLogger
}

/** Plain requests to an OAuth endpoint. */
export const plainOAuth = ({ path, endpoint, takesBearer, logger }: PlainOAuthOptions): PlainRoute => {
  const failed = (error: unknown, { headers: { authorization }, origin: { requestId } }: PlainRequest): PlainAnswer => {
    const isBug = !(error instanceof KeyturnError)
    if (isBug) logger.error({ err: error, requestId }, 'Request failed')
    const failure = isBug ? bugAnswer(error) : failureAnswer(error, authorization, takesBearer)
    const headers = Object.entries({ ...failure.headers, ...JSON_TYPE }).flat()
    return { status: failure.status, headers, body: JSON.stringify(failure.body) }
  }
  return {
    path,
    contentTypes: FORM_TYPES,
    longestBody: LONGEST_BODY,
    answer: (request) => {
      const { headers, body, origin } = request
      try {
        const result = endpoint({ form: parseForm(body), authorization: headers.authorization, origin })
        // What is in memory is answered at once: waiting for it all the same costs time.
        return result instanceof Promise ? result.then(succeeded, (error) => failed(error, request)) : succeeded(result)
      } catch (error) {
        return failed(error, request)
      }
    },
  }
}

const succeeded = (result: object | undefined): PlainAnswer => ({
  status: 200,
  headers: SUCCESS_HEADERS,
  body: JSON.stringify(result),
})
