import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { checkGrant, type GrantText } from './grants.ts'
import { refusalResponse } from './refusal-response.ts'
import type { VerifiedCredential } from './verified-credential.ts'
import type { Verifier } from './verifier.ts'
import { VerifyError } from './verify-error.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The credential that the plugin has verified. */
    keyturn: VerifiedCredential
  }
}

export interface KeyturnPluginOptions {
  readonly verifier: Verifier
  readonly metadataUrl?: string
}

const options = new WeakMap<FastifyRequest, KeyturnPluginOptions>()

const refuse = (reply: FastifyReply, error: unknown, metadataUrl: string | undefined): FastifyReply => {
  if (!(error instanceof VerifyError)) throw error
  const { status, headers, body } = refusalResponse(error, metadataUrl)
  return reply.status(status).headers(headers).send(body)
}

/** A plugin that accepts only requests with a valid credential, in the scope that it is registered in. */
export const keyturn = Object.assign(
  async (app: FastifyInstance, given: KeyturnPluginOptions): Promise<void> => {
    const { verifier, metadataUrl } = given
    if (!app.hasRequestDecorator('keyturn')) app.decorateRequest('keyturn')
    app.addHook('onRequest', async (request, reply) => {
      try {
        request.keyturn = await verifier.verifyRequest(request)
        options.set(request, given)
      } catch (error) {
        return refuse(reply, error, metadataUrl)
      }
    })
  },
  // Like fastify-plugin: the hook also applies to routes outside the plugin's own scope.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'keyturn' },
)

/** A `preHandler` that accepts only credentials with a grant. The plugin must be registered. */
export const requireGrant = (grant: GrantText) => {
  checkGrant(grant)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const given = options.get(request)
    if (given === undefined) throw new Error('requireGrant needs the keyturn plugin: no credential was verified.')
    try {
      given.verifier.requireGrant(request.keyturn, grant)
    } catch (error) {
      return refuse(reply, error, given.metadataUrl)
    }
  }
}
