import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Authenticator } from '../access/authenticator.ts'
import { badInput } from '../kernel/errors.ts'
import type { Sessions } from '../sessions/create-sessions.ts'
import type { ClientAuthenticator } from '../tokens/client-authenticator.ts'
import { NO_STORE, refuseOtherMethods } from './form.ts'
import { registerProvider } from './provider-routes.ts'
import { originOf } from './request-origin.ts'
import type { SessionCookie } from './session-cookie.ts'
import { answerSessionFailure } from './session-errors.ts'

const PATH = '/session'

export interface SessionRoutesOptions {
  readonly publicUrl: string
  readonly cookie: SessionCookie
  readonly authenticator: Authenticator
  readonly clients: ClientAuthenticator
  readonly sessions: Sessions
}

/** What a person signs in with: the secret of a personal access key, or the code of a sign-in link. */
const signIn = z.union([z.strictObject({ secret: z.string() }), z.strictObject({ code: z.string() })])

/**
 * Registers the sign-in of the console: POST signs in, DELETE signs out, and GET says what a page needs to know before it
 * knows who is there.
 */
export const registerSessions = (server: FastifyInstance, options: SessionRoutesOptions): void => {
  const { cookie, authenticator, sessions } = options
  void server.register(async (scope) => {
    scope.setErrorHandler(answerSessionFailure)

    scope.get(PATH, async (request, reply) => {
      const session = cookie.sessionOf(request.headers)
      const signedIn =
        session !== null &&
        session.refusal === null &&
        (await authenticator.recheck(session.token, originOf(request))).valid
      return reply.headers(NO_STORE).send({ signedIn, oidc: sessions.providerSignIn !== null })
    })

    const { providerSignIn, startSession } = sessions
    if (providerSignIn !== null) registerProvider(scope, { ...options, providerSignIn, startSession })

    scope.post(PATH, async (request, reply) => {
      // Another page must not sign its visitor in as somebody else.
      cookie.requireOwnPage(request.headers)
      const token = await start(request, options)
      return reply.headers(NO_STORE).header('set-cookie', cookie.set(token)).status(204).send()
    })

    scope.delete(PATH, async (request, reply) => {
      const session = cookie.sessionOf(request.headers)
      if (session !== null) {
        if (session.changeRefusal !== null) throw session.changeRefusal
        await sessions.services.sessions.signOut(session.token, originOf(request))
      }
      return reply.headers(NO_STORE).header('set-cookie', cookie.clear).status(204).send()
    })

    refuseOtherMethods(scope, [PATH], ['GET', 'POST', 'DELETE'], {
      error: 'invalid_request',
      error_description: 'Send a GET, POST or DELETE request.',
    })
  })
}

/** Starts the session of a sign-in, and returns its token. Throws BAD_USER_INPUT, UNAUTHENTICATED, RATE_LIMITED. */
const start = async (
  request: FastifyRequest,
  { cookie, authenticator, clients, sessions: { startSession, codes } }: SessionRoutesOptions,
): Promise<string> => {
  const parsed = signIn.safeParse(request.body)
  if (!parsed.success) throw badInput('body', 'must be a JSON object with either a secret or a code')
  const given = parsed.data
  const from = originOf(request)
  const replaced = cookie.sessionOf(request.headers)?.token ?? null
  if ('code' in given) {
    const { code } = await authenticator.authenticateWith(codes, given.code, from)
    return startSession.withCode(code, { from, replaced })
  }
  const verified = await clients.authenticate(given.secret, { kind: 'PERSONAL_ACCESS_KEY' }, from)
  return startSession.withKey(verified, { from, replaced })
}
