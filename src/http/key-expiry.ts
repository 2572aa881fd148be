import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Response header with the instant at which the caller's key expires. */
export const KEY_EXPIRES_HEADER = 'keyturn-key-expires'

/** When the first of the keys expires that a request was authenticated with; nothing if none expires. */
const expiries = new WeakMap<FastifyRequest, Date>()

/** Notes that a request was authenticated with a key that expires at an instant, or not at all. */
export const noteKeyExpiry = (request: FastifyRequest, expiresAt: Date | null): void => {
  const noted = expiries.get(request)
  if (expiresAt !== null && (noted === undefined || expiresAt < noted)) expiries.set(request, expiresAt)
}

/** Adds the header to every response to a caller whose key expires, errors included. */
export const addKeyExpiryHeader = (server: FastifyInstance): void => {
  server.addHook('onSend', (request, reply, payload, done) => {
    const expiresAt = expiries.get(request)
    if (expiresAt !== undefined) reply.header(KEY_EXPIRES_HEADER, expiresAt.toISOString())
    done(null, payload)
  })
}

/** The field of a token response with the expiry of the key, in seconds since the epoch; empty if the key does not expire. */
export const keyExpiryField = (expiresAt: Date | null) =>
  expiresAt === null ? {} : { key_expires_at: Math.floor(expiresAt.getTime() / 1000) }
