import type { FastifyRequest } from 'fastify'
import { badInput, KeyturnError, unauthenticated } from '../kernel/errors.ts'
import { checkId } from '../kernel/ids.ts'
import type { IssuedToken } from '../tokens/access-token.ts'
import type { ClientAuthenticator } from '../tokens/client-authenticator.ts'
import type { Exchange } from '../tokens/exchange.ts'
import type { TokenRequest } from '../tokens/token-request.ts'
import { clientOf } from './client-credentials.ts'
import { field, requireField } from './form.ts'
import { InvalidSubjectToken } from './oauth-errors.ts'
import { originOf } from './request-origin.ts'

export const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
const KEY_TYPE = 'urn:keyturn:params:oauth:token-type:key'

export interface GrantParts {
  readonly exchange: Exchange
  readonly clients: ClientAuthenticator
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

const tokenRequestOf = (request: FastifyRequest): TokenRequest => {
  const organizationId = field(request, 'organization_id')
  if (organizationId !== undefined) checkId('organization', organizationId, 'organization_id')
  return {
    scope: field(request, 'scope'),
    audience: audienceOf(request),
    organizationId,
    expiresInSeconds: field(request, 'requested_expires_in'),
  }
}

/** The client credentials grant (RFC 6749 section 4.4). Throws as Exchange. */
export const byClientCredentials = async (request: FastifyRequest, { exchange }: GrantParts): Promise<IssuedToken> => {
  const client = clientOf(request)
  if (client === null)
    throw unauthenticated(
      'MISSING',
      'Present the id of the key as client_id and its secret as client_secret, by HTTP Basic or in the body.',
    )
  const { clientId: keyId, clientSecret } = client
  return exchange.secret(clientSecret, tokenRequestOf(request), originOf(request), { keyId })
}

/** The token exchange grant (RFC 8693). Client authentication is optional. Throws as Exchange. */
export const byTokenExchange = async (
  request: FastifyRequest,
  { exchange, clients }: GrantParts,
): Promise<IssuedToken> => {
  const from = originOf(request)
  const client = clientOf(request)
  if (client !== null) await clients.authenticate(client.clientSecret, { keyId: client.clientId }, from)
  const subject = requireField(request, 'subject_token')
  const type = requireField(request, 'subject_token_type')
  for (const name of ['actor_token', 'actor_token_type'])
    if (field(request, name) !== undefined)
      throw badInput(name, 'is not supported: this server does not issue delegation tokens')
  const requestedType = field(request, 'requested_token_type') ?? ACCESS_TOKEN_TYPE
  if (requestedType !== ACCESS_TOKEN_TYPE) throw badInput('requested_token_type', `must be ${ACCESS_TOKEN_TYPE}`)
  const requested = tokenRequestOf(request)
  try {
    if (type === KEY_TYPE) return await exchange.secret(subject, requested, from)
    if (type === ACCESS_TOKEN_TYPE) return await exchange.token(subject, requested, from)
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'UNAUTHENTICATED') throw new InvalidSubjectToken(error)
    throw error
  }
  throw badInput('subject_token_type', `must be ${KEY_TYPE} or ${ACCESS_TOKEN_TYPE}`)
}
