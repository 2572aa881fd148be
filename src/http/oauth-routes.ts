import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authenticator } from '../access/authenticator.ts'
import type { Principal } from '../access/principal.ts'
import { causeOf } from '../audit/caller.ts'
import { badInput, unauthenticated } from '../kernel/errors.ts'
import type { IssuedToken } from '../tokens/access-token.ts'
import type { ClientAuthenticator } from '../tokens/client-authenticator.ts'
import type { Exchange } from '../tokens/exchange.ts'
import type { Introspect } from '../tokens/introspect.ts'
import type { RevokeToken } from '../tokens/revoke-token.ts'
import { clientOf } from './client-credentials.ts'
import { parseAuthorization } from './credentials.ts'
import { field, NO_STORE, refuseOtherMethods, requireField, takeForms } from './form.ts'
import { keyExpiryField } from './key-expiry.ts'
import { oauthErrorHandler } from './oauth-errors.ts'
import { originOf } from './request-origin.ts'
import { ACCESS_TOKEN_TYPE, byClientCredentials, byTokenExchange, EXCHANGE_GRANT } from './token-grants.ts'

const TOKEN_PATH = '/oauth/token'
const INTROSPECT_PATH = '/oauth/introspect'
const REVOKE_PATH = '/oauth/revoke'

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
  'requested_expires_in',
  'organization_id',
  'token',
  'token_type_hint',
]

export interface OAuthOptions {
  readonly authenticator: Authenticator
  readonly clients: ClientAuthenticator
  readonly exchange: Exchange
  readonly introspect: Introspect
  readonly revokeToken: RevokeToken
}

/** Registers the token endpoint (RFC 6749, RFC 8693), introspection (RFC 7662) and revocation (RFC 7009). */
export const registerOAuth = (server: FastifyInstance, options: OAuthOptions): void => {
  void server.register(async (scope) => {
    await takeForms(scope)
    scope.setErrorHandler(oauthErrorHandler(INTROSPECT_PATH))
    scope.addHook('preValidation', async (request) => {
      for (const name of SINGLE_PARAMETERS) field(request, name)
    })

    scope.post(TOKEN_PATH, async (request, reply) => {
      const grant = requireField(request, 'grant_type')
      reply.headers(NO_STORE)
      if (grant === 'client_credentials') return tokenAnswer(await byClientCredentials(request, options))
      if (grant === EXCHANGE_GRANT)
        return { ...tokenAnswer(await byTokenExchange(request, options)), issued_token_type: ACCESS_TOKEN_TYPE }
      throw badInput('grant_type', `must be client_credentials or ${EXCHANGE_GRANT}`)
    })

    scope.post(INTROSPECT_PATH, async (request, reply) => {
      const caller = await authenticateCaller(request, options)
      const token = requireField(request, 'token')
      return reply.headers(NO_STORE).send(await options.introspect.introspect(caller, token, originOf(request)))
    })

    scope.post(REVOKE_PATH, async (request, reply) => {
      await options.revokeToken.revoke(requireField(request, 'token'), causeOf(null, originOf(request)))
      return reply.headers(NO_STORE).send()
    })

    refuseOtherMethods(scope, [TOKEN_PATH, INTROSPECT_PATH, REVOKE_PATH], 'POST', {
      error: 'invalid_request',
      error_description: 'Send a POST request.',
    })
  })
}

const tokenAnswer = ({ accessToken, expiresIn, scope, keyExpiresAt }: IssuedToken) => ({
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: expiresIn,
  scope,
  ...keyExpiryField(keyExpiresAt),
})

const authenticateCaller = async (
  request: FastifyRequest,
  { authenticator, clients }: OAuthOptions,
): Promise<Principal> => {
  const from = originOf(request)
  const presented = parseAuthorization(request.headers.authorization)
  if (presented?.kind === 'bearer') return authenticator.authenticate(presented.credential, from)
  const client = clientOf(request)
  if (client === null)
    throw unauthenticated(
      'MISSING',
      'Authenticate by HTTP Basic with the id and secret of a key, or with a bearer credential.',
    )
  return (await clients.authenticate(client.clientSecret, { keyId: client.clientId }, from)).principal
}
