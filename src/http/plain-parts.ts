import type { IncomingMessage } from 'node:http'
import type { Metrics } from './metrics-route.ts'
import type { UnansweredRequests } from './pipelining.ts'

/** What requests need that do not pass through the hooks of Fastify. */
export interface PlainParts {
  readonly metrics: Metrics
  readonly isValidHost: (host: string | undefined) => boolean
  readonly unanswered: UnansweredRequests
  /** The address of the caller, in canonical form. */
  readonly addressOf: (request: IncomingMessage) => string | null
}
