import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import proxyAddress from '@fastify/proxy-addr'
import type { FastifyRequest } from 'fastify'
import type { CallOrigin } from '../access/call-origin.ts'
import { canonicalAddress } from '../kernel/ip-range.ts'
import { hideSecrets } from '../kernel/secret-text.ts'
import { noteKeyExpiry } from './key-expiry.ts'

const MAX_USER_AGENT_LENGTH = 256
const VALID_REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/

/** The caller's request id if valid, otherwise a new one. It is stored in the audit log, so values that look like a secret are invalid. */
export const requestIdOf = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && VALID_REQUEST_ID.test(given) && hideSecrets(given) === given
    ? given
    : randomUUID()
}

/** The User-Agent header as the audit log stores it: printable ASCII, secrets redacted, at most 256 characters. */
export const userAgentOf = (request: IncomingMessage): string | null => {
  const given = request.headers['user-agent']
  return given === undefined ? null : hideSecrets(given.replace(/[^\x20-\x7e]/g, '?')).slice(0, MAX_USER_AGENT_LENGTH)
}

/** The origin of a request. The response tells a caller whose key expires when it does. */
export const originOf = (request: FastifyRequest): CallOrigin => ({
  requestId: request.id,
  ipAddress: canonicalAddress(request.ip),
  userAgent: userAgentOf(request.raw),
  onAuthenticated: ({ credential }) => noteKeyExpiry(request, credential.keyExpiresAt),
})

/** The address of a caller, in canonical form, for requests that do not pass through Fastify. */
export const callerAddress = (trustProxy: readonly string[]): ((request: IncomingMessage) => string | null) => {
  if (trustProxy.length === 0) return ({ socket: { remoteAddress } }) => canonicalAddress(remoteAddress ?? '')
  const trusted = proxyAddress.compile([...trustProxy])
  return (request) => canonicalAddress(proxyAddress(request, trusted))
}

/** The origin of a WebSocket upgrade, which does not pass through Fastify. */
export const upgradeOriginOf = (trustProxy: readonly string[]): ((request: IncomingMessage) => CallOrigin) => {
  const addressOf = callerAddress(trustProxy)
  return (request) => ({
    requestId: requestIdOf(request),
    ipAddress: addressOf(request),
    userAgent: userAgentOf(request),
  })
}
