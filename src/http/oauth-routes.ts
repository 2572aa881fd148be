import type { FastifyInstance } from 'fastify'
import { NO_STORE, refuseOtherMethods, takeForms } from './form.ts'
import { type OAuthEndpoint, type OAuthEndpoints, type OAuthOptions, oauthEndpoints } from './oauth-endpoints.ts'
import { oauthErrorHandler } from './oauth-errors.ts'
import { oauthRequestOf } from './oauth-request.ts'

export const TOKEN_PATH = '/oauth/token'
export const INTROSPECT_PATH = '/oauth/introspect'
const REVOKE_PATH = '/oauth/revoke'

/** Registers the OAuth endpoints. Returns them. */
export const registerOAuth = (server: FastifyInstance, options: OAuthOptions): OAuthEndpoints => {
  const endpoints = oauthEndpoints(options)
  void server.register(async (scope) => {
    takeForms(scope)
    scope.setErrorHandler(oauthErrorHandler(INTROSPECT_PATH))
    const post = (path: string, endpoint: OAuthEndpoint) =>
      scope.post(path, async (request, reply) => {
        const answer = await endpoint(oauthRequestOf(request))
        return reply.headers(NO_STORE).send(answer)
      })
    post(TOKEN_PATH, endpoints.token)
    post(INTROSPECT_PATH, endpoints.introspect)
    post(REVOKE_PATH, endpoints.revoke)
    refuseOtherMethods(scope, [TOKEN_PATH, INTROSPECT_PATH, REVOKE_PATH], 'POST', {
      error: 'invalid_request',
      error_description: 'Send a POST request.',
    })
  })
  return endpoints
}
