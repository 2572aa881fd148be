import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { badInput } from '../kernel/errors.ts'

/** Makes a scope of routes accept form-encoded bodies only. */
export const takeForms = async (scope: FastifyInstance): Promise<void> => {
  scope.removeAllContentTypeParsers()
  await scope.register(formbody)
}

/** Message for a field that is present more than once. */
export const REPEATED = 'is given more than once'

/**
 * A field of a form-encoded body. An empty value counts as absent (RFC 6749 section 3.2). Throws BAD_USER_INPUT if the
 * field is repeated.
 */
export const field = (request: FastifyRequest, name: string): string | undefined => {
  const body = request.body
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined
  const value = (body as Record<string, unknown>)[name]
  if (Array.isArray(value)) throw badInput(name, REPEATED)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A required field of a form-encoded body. Throws BAD_USER_INPUT if it is absent or repeated. */
export const requireField = (request: FastifyRequest, name: string): string => {
  const value = field(request, name)
  if (value === undefined) throw badInput(name, 'is missing')
  return value
}

/** Response headers that forbid caching, for responses with secrets or tokens (RFC 6749 section 5.1). */
export const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' } as const

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type Method = (typeof METHODS)[number]

/** Rejects every method but the allowed ones with 405. */
export const refuseOtherMethods = (
  scope: FastifyInstance,
  urls: readonly string[],
  allowed: Method | readonly Method[],
  body: unknown,
): void => {
  const kept = [allowed].flat()
  const others = METHODS.filter((method) => !kept.includes(method))
  for (const url of urls)
    scope.route({
      url,
      method: [...others],
      // Before the body is read: a malformed body must not change the answer.
      onRequest: async (_request, reply) =>
        reply.status(405).header('allow', kept.join(', ')).headers(NO_STORE).send(body),
      handler: () => undefined,
    })
}
