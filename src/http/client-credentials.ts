import { badInput } from '../kernel/errors.ts'
import { type AuthorizationCredential, parseAuthorization } from './credentials.ts'
import type { Form } from './form.ts'

export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

/**
 * The id and secret that a client presents, by Basic or in the body, but not both (RFC 6749 section 2.3); null if it presents
 * none. Throws BAD_USER_INPUT.
 */
export const clientIn = (presented: AuthorizationCredential | null, form: Form): ClientCredentials | null => {
  const clientSecret = form.get('client_secret')
  const clientId = form.get('client_id')
  if (presented?.kind === 'basic') {
    if (clientSecret !== undefined)
      throw badInput('client_secret', 'must not be sent in both the body and the Authorization header')
    if (clientId !== undefined && clientId !== presented.clientId)
      throw badInput('client_id', 'must be equal to the client id in the Authorization header')
    return presented
  }
  return clientSecret === undefined || clientId === undefined ? null : { clientId, clientSecret }
}

/** As `clientIn`, of an Authorization header. Throws BAD_USER_INPUT, and UNAUTHENTICATED for a malformed header. */
export const clientOf = (authorization: string | undefined, form: Form): ClientCredentials | null =>
  clientIn(parseAuthorization(authorization), form)
