import type { FastifyRequest } from 'fastify'
import type { CallOrigin } from '../access/call-origin.ts'
import { type Form, formOf } from './form.ts'
import { originOf } from './request-origin.ts'

/** A request to an OAuth endpoint, however it was received. */
export interface OAuthRequest {
  readonly form: Form
  /** The Authorization header. */
  readonly authorization: string | undefined
  readonly origin: CallOrigin
}

export const oauthRequestOf = (request: FastifyRequest): OAuthRequest => ({
  form: formOf(request),
  authorization: request.headers.authorization,
  origin: originOf(request),
})
