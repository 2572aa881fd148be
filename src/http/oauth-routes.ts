import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authenticator } from '../access/authenticator.ts'
import type { Principal } from '../access/principal.ts'
import { causeOf } from '../audit/caller.ts'
import { badInput, type ErrorCode, KeyturnError, unauthenticated } from '../kernel/errors.ts'
import { checkId } from '../kernel/ids.ts'
import type { IssuedToken } from '../tokens/access-token.ts'
import type { TokenService } from '../tokens/token-service.ts'
import { parseAuthorization } from './credentials.ts'
import { field, NO_STORE, REPEATED, refuseOtherMethods, requireField, takeForms } from './form.ts'
import { originOf } from './server.ts'

const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
const KEY_TYPE = 'urn:keyturn:params:oauth:token-type:key'
const TOKEN_PATH = '/oauth/token'
const INTROSPECT_PATH = '/oauth/introspect'
const REVOKE_PATH = '/oauth/revoke'

/** Status and error code for each failure (RFC 6749 section 5.2). */
const ERRORS = {
  UNAUTHENTICATED: { status: 401, error: 'invalid_client' },
  FORBIDDEN: { status: 400, error: 'invalid_scope' },
  NOT_FOUND: { status: 400, error: 'invalid_request' },
  BAD_USER_INPUT: { status: 400, error: 'invalid_request' },
  CONFLICT: { status: 400, error: 'invalid_request' },
  POLICY_VIOLATION: { status: 400, error: 'invalid_request' },
  LIMIT_REACHED: { status: 400, error: 'invalid_request' },
  RATE_LIMITED: { status: 429, error: 'rate_limited' },
  QUERY_TOO_COMPLEX: { status: 400, error: 'invalid_request' },
  UNAVAILABLE: { status: 503, error: 'temporarily_unavailable' },
} as const satisfies Record<ErrorCode, { status: number; error: string }>

/** Error codes for invalid fields (RFC 6749 section 5.2, RFC 8707 section 2). */
const ERRORS_OF_FIELDS: Readonly<Record<string, string>> = {
  scope: 'invalid_scope',
  audience: 'invalid_target',
  resource: 'invalid_target',
  grant_type: 'unsupported_grant_type',
}

/** Known request parameters that must not be repeated, supported or not (RFC 6749 section 3.2). */
const SINGLE_PARAMETERS = [
  'grant_type',
  'client_id',
  'client_secret',
  'scope',
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
  'requested_token_type',
  'organization_id',
  'token',
  'token_type_hint',
]

/** RFC 8693 and 8707 allow these to repeat. A server may reject several values with invalid_target. */
const MAY_REPEAT: ReadonlySet<string> = new Set(['audience', 'resource'])

/** A failure with an explicit OAuth error code. */
class OAuthError extends KeyturnError {
  readonly error: string

  constructor(error: string, message: string) {
    super('BAD_USER_INPUT', message)
    this.error = error
  }
}

const errorOf = (failure: KeyturnError): string => {
  if (failure instanceof OAuthError) return failure.error
  const [issue] = failure.fields.issues ?? []
  const ofRequest = issue?.message === 'is missing' || (issue?.message === REPEATED && !MAY_REPEAT.has(issue.path))
  const own = issue === undefined || ofRequest ? undefined : ERRORS_OF_FIELDS[issue.path]
  return own ?? ERRORS[failure.code].error
}

/** A challenge of the scheme that the caller used (RFC 6749 section 5.2). Only introspection accepts a bearer (RFC 6750 section 3). */
const challengeOf = (request: FastifyRequest): string =>
  request.routeOptions.url === INTROSPECT_PATH && /^bearer /i.test(request.headers.authorization ?? '')
    ? 'Bearer realm="keyturn", error="invalid_token"'
    : 'Basic realm="keyturn", charset="UTF-8"'

// RFC 6749 section 5.2: error_description is printable ASCII without quotes and backslashes.
const describe = (message: string): string => message.replaceAll('"', "'").replaceAll(/[^\x20-\x7e]|\\/g, '?')

export interface OAuthOptions {
  readonly tokens: TokenService
  readonly authenticator: Authenticator
}

/** Registers the token endpoint (RFC 6749, RFC 8693), introspection (RFC 7662) and revocation (RFC 7009). */
export const registerOAuth = (server: FastifyInstance, { tokens, authenticator }: OAuthOptions): void => {
  void server.register(async (scope) => {
    await takeForms(scope)
    scope.setErrorHandler((failure: Error & { statusCode?: number }, request, reply) => {
      reply.headers(NO_STORE)
      if (failure instanceof KeyturnError) {
        const { status } = ERRORS[failure.code]
        if (status === 401) reply.header('www-authenticate', challengeOf(request))
        if (failure.fields.retryAfterSeconds !== undefined)
          reply.header('retry-after', failure.fields.retryAfterSeconds)
        return reply.status(status).send({ error: errorOf(failure), error_description: describe(failure.message) })
      }
      const status = failure.statusCode ?? 500
      if (status < 500)
        return reply.status(status === 413 ? 413 : 400).send({
          error: 'invalid_request',
          error_description: 'The body must be application/x-www-form-urlencoded and within the size limit.',
        })
      request.log.error({ err: failure, requestId: request.id }, 'Request failed')
      return reply.status(500).send({ error: 'server_error', error_description: 'Something went wrong on our side.' })
    })

    scope.addHook('preValidation', async (request) => {
      for (const name of SINGLE_PARAMETERS) field(request, name)
    })

    scope.post(TOKEN_PATH, async (request, reply) => {
      const grant = requireField(request, 'grant_type')
      reply.headers(NO_STORE)
      if (grant === 'client_credentials') return tokenAnswer(await byClientCredentials(request, tokens))
      if (grant === EXCHANGE_GRANT)
        return { ...tokenAnswer(await byTokenExchange(request, tokens)), issued_token_type: ACCESS_TOKEN_TYPE }
      throw badInput('grant_type', `must be client_credentials or ${EXCHANGE_GRANT}`)
    })

    scope.post(INTROSPECT_PATH, async (request, reply) => {
      const caller = await authenticateCaller(request, tokens, authenticator)
      const token = requireField(request, 'token')
      return reply.headers(NO_STORE).send(await tokens.introspect(caller, token, originOf(request)))
    })

    scope.post(REVOKE_PATH, async (request, reply) => {
      await tokens.revoke(requireField(request, 'token'), causeOf(null, originOf(request)))
      return reply.headers(NO_STORE).send()
    })

    refuseOtherMethods(scope, [TOKEN_PATH, INTROSPECT_PATH, REVOKE_PATH], 'POST', {
      error: 'invalid_request',
      error_description: 'Send a POST request.',
    })
  })
}

const tokenAnswer = ({ accessToken, expiresIn, scope }: IssuedToken) => ({
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: expiresIn,
  scope,
})

/** The id and secret that a client presents, by Basic or in the body, but not both (RFC 6749 section 2.3). */
const clientOf = (request: FastifyRequest): { clientId: string; clientSecret: string } | null => {
  const presented = parseAuthorization(request.headers.authorization)
  const clientSecret = field(request, 'client_secret')
  const clientId = field(request, 'client_id')
  if (presented?.kind === 'basic') {
    if (clientSecret !== undefined)
      throw badInput('client_secret', 'must not be sent in both the body and the Authorization header')
    if (clientId !== undefined && clientId !== presented.clientId)
      throw badInput('client_id', 'must be equal to the client id in the Authorization header')
    return presented
  }
  return clientSecret === undefined || clientId === undefined ? null : { clientId, clientSecret }
}

/** The requested audience: `resource` (RFC 8707) or `audience` (RFC 8693 section 2.1). */
const audienceOf = (request: FastifyRequest): string | undefined => {
  const resource = field(request, 'resource')
  const audience = field(request, 'audience')
  if (resource !== undefined && (!URL.canParse(resource) || resource.includes('#')))
    throw badInput('resource', 'must be an absolute URI without a fragment')
  if (resource !== undefined && audience !== undefined && resource !== audience)
    throw badInput('audience', 'must be equal to resource if both are sent: a token has one audience')
  return resource ?? audience
}

const byClientCredentials = async (request: FastifyRequest, tokens: TokenService): Promise<IssuedToken> => {
  const client = clientOf(request)
  if (client === null)
    throw unauthenticated(
      'Present the id of the key as client_id and its secret as client_secret, by HTTP Basic or in the body.',
    )
  const requested = { scope: field(request, 'scope'), audience: audienceOf(request) }
  return tokens.exchangeSecret(client.clientSecret, requested, originOf(request), { keyId: client.clientId })
}

const byTokenExchange = async (request: FastifyRequest, tokens: TokenService): Promise<IssuedToken> => {
  const from = originOf(request)
  const client = clientOf(request)
  if (client !== null) await tokens.authenticateClient(client.clientId, client.clientSecret, from)
  const subject = requireField(request, 'subject_token')
  const type = requireField(request, 'subject_token_type')
  if (field(request, 'actor_token') !== undefined)
    throw badInput('actor_token', 'is not supported: this server does not issue delegation tokens')
  if (field(request, 'actor_token_type') !== undefined)
    throw badInput('actor_token_type', 'is not supported: this server does not issue delegation tokens')
  const requestedType = field(request, 'requested_token_type') ?? ACCESS_TOKEN_TYPE
  if (requestedType !== ACCESS_TOKEN_TYPE) throw badInput('requested_token_type', `must be ${ACCESS_TOKEN_TYPE}`)
  const organizationId = field(request, 'organization_id')
  if (organizationId !== undefined) checkId('organization', organizationId, 'organization_id')
  const requested = { scope: field(request, 'scope'), audience: audienceOf(request), organizationId }
  try {
    if (type === KEY_TYPE) return await tokens.exchangeSecret(subject, requested, from)
    if (type === ACCESS_TOKEN_TYPE) return await tokens.exchangeToken(subject, requested, from)
  } catch (error) {
    // RFC 8693 section 2.2.2: an invalid subject token is invalid_request, not invalid_client.
    if (error instanceof KeyturnError && error.code === 'UNAUTHENTICATED')
      throw new OAuthError('invalid_request', error.message)
    throw error
  }
  throw badInput('subject_token_type', `must be ${KEY_TYPE} or ${ACCESS_TOKEN_TYPE}`)
}

const authenticateCaller = async (
  request: FastifyRequest,
  tokens: TokenService,
  authenticator: Authenticator,
): Promise<Principal> => {
  const from = originOf(request)
  const presented = parseAuthorization(request.headers.authorization)
  if (presented?.kind === 'bearer') return authenticator.authenticate(presented.credential, from)
  const client = clientOf(request)
  if (client === null)
    throw unauthenticated('Authenticate by HTTP Basic with the id and secret of a key, or with a bearer credential.')
  return tokens.authenticateClient(client.clientId, client.clientSecret, from)
}
