import type { IncomingMessage } from 'node:http'
import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import { requestIdOf, userAgentOf } from './request-origin.ts'

/** The origin of a request that does not pass through Fastify. What few requests need is worked out when it is asked for. */
export class PlainOrigin implements CallOrigin {
  readonly requestId: string
  /** When the first of the keys expires that the request was authenticated with; null if none expires. */
  keyExpiresAt: Date | null = null
  private readonly request: IncomingMessage
  private readonly addressOf: (request: IncomingMessage) => string | null

  constructor(request: IncomingMessage, addressOf: (request: IncomingMessage) => string | null) {
    this.requestId = requestIdOf(request)
    this.request = request
    this.addressOf = addressOf
  }

  get ipAddress(): string | null {
    return this.addressOf(this.request)
  }

  get userAgent(): string | null {
    return userAgentOf(this.request)
  }

  onAuthenticated({ credential: { keyExpiresAt } }: Principal): void {
    if (keyExpiresAt !== null && (this.keyExpiresAt === null || keyExpiresAt < this.keyExpiresAt))
      this.keyExpiresAt = keyExpiresAt
  }
}
