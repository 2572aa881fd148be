import type { FastifyInstance } from 'fastify'
import { KeyturnError, Unavailable } from '../kernel/errors.ts'
import { FLOW_SECONDS, type ProviderSignIn, SignInFailed, type SignInFailure } from '../sessions/provider-sign-in.ts'
import type { StartSession } from '../sessions/start-session.ts'
import { createCookie } from './cookies.ts'
import { NO_STORE, refuseOtherMethods } from './form.ts'
import { originOf } from './request-origin.ts'
import type { SessionCookie } from './session-cookie.ts'

const START_PATH = '/session/oidc'
const CALLBACK_PATH = '/session/oidc/callback'

export interface ProviderRoutesOptions {
  readonly publicUrl: string
  readonly cookie: SessionCookie
  readonly providerSignIn: ProviderSignIn
  readonly startSession: StartSession
}

/** Why the sign-in failed, for the console. Throws what is a bug. */
const failureOf = (error: unknown): SignInFailure => {
  if (error instanceof SignInFailed) return error.reason
  if (error instanceof Unavailable) throw error
  if (error instanceof KeyturnError && error.code === 'UNAUTHENTICATED') return 'not-a-member'
  throw error
}

/**
 * Registers the sign-in at the identity provider. Both routes are pages that a browser opens: each answers with a redirect, to
 * the provider and then to the console, which reads why a sign-in failed from the fragment `#sign-in-failed=<reason>`.
 */
export const registerProvider = (scope: FastifyInstance, options: ProviderRoutesOptions): void => {
  const { publicUrl, cookie, providerSignIn, startSession } = options
  // Lax: the provider's redirect back is a request that another site starts.
  const flowCookie = createCookie({
    publicUrl,
    name: 'keyturn-oidc',
    sameSite: 'Lax',
    maxAgeSeconds: FLOW_SECONDS,
  })
  const failed = (error: unknown): string => `${publicUrl}/#sign-in-failed=${failureOf(error)}`

  scope.get(START_PATH, async (request, reply) => {
    reply.headers(NO_STORE)
    try {
      const { location, flow } = await providerSignIn.begin(cookie.sessionOf(request.headers)?.token ?? null)
      return reply.header('set-cookie', flowCookie.set(flow)).redirect(location)
    } catch (error) {
      return reply.redirect(failed(error))
    }
  })

  scope.get(CALLBACK_PATH, async (request, reply) => {
    reply.headers(NO_STORE).header('set-cookie', flowCookie.clear)
    const [flow, ...others] = flowCookie.valuesIn(request.headers)
    try {
      const { search } = new URL(request.url, publicUrl)
      const { email, replaced } = await providerSignIn.complete(search, others.length > 0 ? null : (flow ?? null))
      const token = await startSession.withEmail(email, { from: originOf(request), replaced })
      return reply.header('set-cookie', cookie.set(token)).redirect(`${publicUrl}/`)
    } catch (error) {
      return reply.redirect(failed(error))
    }
  })

  refuseOtherMethods(scope, [START_PATH, CALLBACK_PATH], 'GET', {
    error: 'invalid_request',
    error_description: 'Open this address in a browser.',
  })
}
