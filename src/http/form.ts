import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { badInput } from '../kernel/errors.ts'

/** Has a scope of routes take form-encoded bodies and nothing else. */
export const takeForms = async (scope: FastifyInstance): Promise<void> => {
  scope.removeAllContentTypeParsers()
  await scope.register(formbody)
}

/** What is wrong with a field that is given twice. */
export const REPEATED = 'is given more than once'

/**
 * A field of a form-encoded body. One without a value counts as left out; one that is given twice is refused
 * (RFC 6749 section 3.2). Throws BAD_USER_INPUT.
 */
export const field = (request: FastifyRequest, name: string): string | undefined => {
  const body = request.body
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return undefined
  const value = (body as Record<string, unknown>)[name]
  if (Array.isArray(value)) throw badInput(name, REPEATED)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The same of a field that must be there. */
export const requireField = (request: FastifyRequest, name: string): string => {
  const value = field(request, name)
  if (value === undefined) throw badInput(name, 'is missing')
  return value
}

/** No cache keeps an answer that may hold a secret or a token (RFC 6749 section 5.1). */
export const NOT_TO_BE_KEPT = { 'cache-control': 'no-store', pragma: 'no-cache' } as const

/** Answers every method but the one that an address takes. */
export const refuseOtherMethods = (
  scope: FastifyInstance,
  urls: readonly string[],
  allowed: 'GET' | 'POST',
  body: unknown,
): void => {
  const others = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).filter((method) => method !== allowed)
  for (const url of urls)
    scope.route({
      url,
      method: [...others],
      // Before the body is read: that of a refused method is of no interest, in whatever form it comes.
      onRequest: async (_request, reply) =>
        reply.status(405).header('allow', allowed).headers(NOT_TO_BE_KEPT).send(body),
      handler: () => undefined,
    })
}
