import type { Authenticator } from '../access/authenticator.ts'
import type { Principal } from '../access/principal.ts'
import { causeOf } from '../audit/caller.ts'
import { badInput, unauthenticated } from '../kernel/errors.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { IssuedToken } from '../tokens/access-token.ts'
import type { ClientAuthenticator } from '../tokens/client-authenticator.ts'
import type { Exchange } from '../tokens/exchange.ts'
import type { Introspect } from '../tokens/introspect.ts'
import type { RevokeToken } from '../tokens/revoke-token.ts'
import { clientIn } from './client-credentials.ts'
import { parseAuthorization } from './credentials.ts'
import { keyExpiryField } from './key-expiry.ts'
import type { OAuthRequest } from './oauth-request.ts'
import { ACCESS_TOKEN_TYPE, byClientCredentials, byTokenExchange, EXCHANGE_GRANT } from './token-grants.ts'

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

/**
 * Answers a request with the body of a response with status 200; undefined for an empty one. Throws what is not that, or rejects
 * with it.
 */
export type OAuthEndpoint = (request: OAuthRequest) => MaybePromise<object | undefined>

export interface OAuthEndpoints {
  readonly token: OAuthEndpoint
  readonly introspect: OAuthEndpoint
  readonly revoke: OAuthEndpoint
}

/** The token endpoint (RFC 6749, RFC 8693), introspection (RFC 7662) and revocation (RFC 7009). */
export const oauthEndpoints = (options: OAuthOptions): OAuthEndpoints => ({
  token: async (request) => {
    const { form } = request
    form.refuseRepeated(SINGLE_PARAMETERS)
    const grant = form.require('grant_type')
    if (grant === 'client_credentials') return tokenAnswer(await byClientCredentials(request, options))
    if (grant === EXCHANGE_GRANT)
      return { ...tokenAnswer(await byTokenExchange(request, options)), issued_token_type: ACCESS_TOKEN_TYPE }
    throw badInput('grant_type', `must be client_credentials or ${EXCHANGE_GRANT}`)
  },
  introspect: (request) => {
    const { form, origin } = request
    form.refuseRepeated(SINGLE_PARAMETERS)
    const introspect = (caller: Principal) => options.introspect.introspect(caller, form.require('token'), origin)
    const authenticating = authenticateCaller(request, options)
    return authenticating instanceof Promise ? authenticating.then(introspect) : introspect(authenticating)
  },
  revoke: async ({ form, origin }) => {
    form.refuseRepeated(SINGLE_PARAMETERS)
    await options.revokeToken.revoke(form.require('token'), causeOf(null, origin))
    return undefined
  },
})

const tokenAnswer = ({ accessToken, expiresIn, scope, keyExpiresAt }: IssuedToken) => ({
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: expiresIn,
  scope,
  ...keyExpiryField(keyExpiresAt),
})

const authenticateCaller = (
  { form, authorization, origin }: OAuthRequest,
  { authenticator, clients }: OAuthOptions,
): MaybePromise<Principal> => {
  const presented = parseAuthorization(authorization)
  if (presented?.kind === 'bearer') return authenticator.authenticate(presented.credential, origin)
  const client = clientIn(presented, form)
  if (client === null)
    throw unauthenticated(
      'MISSING',
      'Authenticate by HTTP Basic with the id and secret of a key, or with a bearer credential.',
    )
  const verifying = clients.authenticate(client.clientSecret, { keyId: client.clientId }, origin)
  return verifying instanceof Promise ? verifying.then(({ principal }) => principal) : verifying.principal
}
