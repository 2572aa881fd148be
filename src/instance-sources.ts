import type { Audit } from './audit/create-audit.ts'
import type { Expiry } from './expiry/create-expiry.ts'
import type { GraphQLServer } from './graphql-server/create-graphql-server.ts'
import type { InstanceSources } from './http/instance-metrics.ts'
import type { Keys } from './keys/create-keys.ts'
import type { Live } from './live/create-live.ts'
import type { Database } from './persistence/database.ts'
import type { Tokens } from './tokens/create-tokens.ts'

export interface InstanceParts {
  readonly database: Database
  readonly live: Live
  readonly audit: Audit
  readonly keys: Keys
  readonly tokens: Tokens
  readonly expiry: Expiry
  readonly graphql: GraphQLServer
}

/** Where the metrics of an instance are read. */
export const instanceSources = ({
  database,
  live,
  audit,
  keys,
  tokens,
  expiry,
  graphql,
}: InstanceParts): InstanceSources => ({
  openWebSockets: () => graphql.sockets.size,
  liveSubscriptions: () => live.live.size,
  subscribedCredentials: () => live.live.credentials,
  verifications: { secret: keys.verifier.outcomes, token: tokens.tokenVerifier.outcomes },
  caches: {
    key_facts: { uses: keys.keyFacts.uses, size: () => keys.keyFacts.size },
    token_signatures: { uses: tokens.signatures.uses, size: () => tokens.signatures.size },
  },
  feedLagSeconds: () => live.feed.lagSeconds,
  feedConnected: () => live.feed.connected,
  sweepLagSeconds: () => expiry.sweeper.lagSeconds,
  queues: {
    database_writes: () => database.waitingWrites,
    audit_appends: () => audit.appends.size,
    live_deliveries: () => live.feed.waitingDeliveries,
  },
  connections: () => database.connections,
})
