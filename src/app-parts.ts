import type { Audit } from './audit/create-audit.ts'
import type { Expiry } from './expiry/create-expiry.ts'
import type { GraphQLServer } from './graphql-server/create-graphql-server.ts'
import type { Http } from './http/create-http.ts'
import type { Keys } from './keys/create-keys.ts'
import type { Leaks } from './leaks/create-leaks.ts'
import type { LeakWorker } from './leaks/leak-worker.ts'
import type { Live } from './live/create-live.ts'
import type { Notifications } from './notifications/create-notifications.ts'
import type { NotificationWorker } from './notifications/notification-worker.ts'
import type { Onboarding } from './onboarding/create-onboarding.ts'
import type { DataSources } from './persistence/data-source.ts'
import type { Retention } from './retention/create-retention.ts'
import type { Services } from './schema-kit/context.ts'
import type { Sessions } from './sessions/create-sessions.ts'
import type { Tokens } from './tokens/create-tokens.ts'

/** The constructed parts of the service. */
export interface Parts {
  readonly sources: DataSources
  readonly live: Live
  readonly audit: Audit
  readonly keys: Keys
  readonly sessions: Sessions
  readonly onboarding: Onboarding
  readonly tokens: Tokens
  readonly expiry: Expiry
  readonly notifications: Notifications
  readonly retention: Retention
  readonly leaks: Leaks
  readonly services: Services
  readonly http: Http
  readonly graphql: GraphQLServer
}

/** What tests and benchmarks reach into. */
export interface AppParts
  extends Live,
    Pick<Audit, 'log' | 'denials'>,
    Pick<Keys, 'keyFacts' | 'usage' | 'verifier'>,
    Pick<Tokens, 'authenticator' | 'signingKeys' | 'baseSigner'>,
    Pick<Expiry, 'sweeper'>,
    Pick<Http, 'guard'>,
    GraphQLServer {
  readonly services: Services
  readonly sources: DataSources
  readonly notifications: NotificationWorker
  readonly retention: Retention['worker']
  readonly sessions: Sessions
  readonly leaks: LeakWorker
}

/** The parts that tests and benchmarks reach into. */
export const partsForTests = (parts: Parts): AppParts => ({
  ...parts.live,
  ...parts.audit,
  ...parts.keys,
  ...parts.tokens,
  ...parts.expiry,
  ...parts.http,
  ...parts.graphql,
  services: parts.services,
  sources: parts.sources,
  notifications: parts.notifications.worker,
  retention: parts.retention.worker,
  sessions: parts.sessions,
  leaks: parts.leaks.worker,
})
