import type { FastifyRequest } from 'fastify'
import { badInput } from '../kernel/errors.ts'
import { parseAuthorization } from './credentials.ts'
import { field } from './form.ts'

export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

/**
 * The id and secret that a client presents, by Basic or in the body, but not both (RFC 6749 section 2.3); null if it presents
 * none. Throws BAD_USER_INPUT, and UNAUTHENTICATED for a malformed header.
 */
export const clientOf = (request: FastifyRequest): ClientCredentials | null => {
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
