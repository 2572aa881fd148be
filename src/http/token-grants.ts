import { badInput, KeyturnError, unauthenticated } from '../kernel/errors.ts'
import { checkId } from '../kernel/ids.ts'
import type { IssuedToken } from '../tokens/access-token.ts'
import type { ClientAuthenticator } from '../tokens/client-authenticator.ts'
import type { Exchange } from '../tokens/exchange.ts'
import type { TokenRequest } from '../tokens/token-request.ts'
import { clientOf } from './client-credentials.ts'
import type { Form } from './form.ts'
import { InvalidSubjectToken } from './oauth-errors.ts'
import type { OAuthRequest } from './oauth-request.ts'

export const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
const KEY_TYPE = 'urn:keyturn:params:oauth:token-type:key'

export interface GrantParts {
  readonly exchange: Exchange
  readonly clients: ClientAuthenticator
}

/** The requested audience: `resource` (RFC 8707) or `audience` (RFC 8693 section 2.1). */
const audienceOf = (form: Form): string | undefined => {
  const resource = form.get('resource')
  const audience = form.get('audience')
  if (resource !== undefined && (!URL.canParse(resource) || resource.includes('#')))
    throw badInput('resource', 'must be an absolute URI without a fragment')
  if (resource !== undefined && audience !== undefined && resource !== audience)
    throw badInput('audience', 'must be equal to resource if both are sent: a token has one audience')
  return resource ?? audience
}

const tokenRequestOf = (form: Form): TokenRequest => {
  const organizationId = form.get('organization_id')
  if (organizationId !== undefined) checkId('organization', organizationId, 'organization_id')
  return {
    scope: form.get('scope'),
    audience: audienceOf(form),
    organizationId,
    expiresInSeconds: form.get('requested_expires_in'),
  }
}

/** The client credentials grant (RFC 6749 section 4.4). Throws as Exchange. */
export const byClientCredentials = async (
  { form, authorization, origin }: OAuthRequest,
  { exchange }: GrantParts,
): Promise<IssuedToken> => {
  const client = clientOf(authorization, form)
  if (client === null)
    throw unauthenticated(
      'MISSING',
      'Present the id of the key as client_id and its secret as client_secret, by HTTP Basic or in the body.',
    )
  const { clientId: keyId, clientSecret } = client
  return exchange.secret(clientSecret, tokenRequestOf(form), origin, { keyId })
}

/** The token exchange grant (RFC 8693). Client authentication is optional. Throws as Exchange. */
export const byTokenExchange = async (
  { form, authorization, origin: from }: OAuthRequest,
  { exchange, clients }: GrantParts,
): Promise<IssuedToken> => {
  const client = clientOf(authorization, form)
  if (client !== null) await clients.authenticate(client.clientSecret, { keyId: client.clientId }, from)
  const subject = form.require('subject_token')
  const type = form.require('subject_token_type')
  for (const name of ['actor_token', 'actor_token_type'])
    if (form.get(name) !== undefined)
      throw badInput(name, 'is not supported: this server does not issue delegation tokens')
  const requestedType = form.get('requested_token_type') ?? ACCESS_TOKEN_TYPE
  if (requestedType !== ACCESS_TOKEN_TYPE) throw badInput('requested_token_type', `must be ${ACCESS_TOKEN_TYPE}`)
  const requested = tokenRequestOf(form)
  try {
    if (type === KEY_TYPE) return await exchange.secret(subject, requested, from)
    if (type === ACCESS_TOKEN_TYPE) return await exchange.token(subject, requested, from)
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'UNAUTHENTICATED') throw new InvalidSubjectToken(error)
    throw error
  }
  throw badInput('subject_token_type', `must be ${KEY_TYPE} or ${ACCESS_TOKEN_TYPE}`)
}
