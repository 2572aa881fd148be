import type { LiveGroup } from './live-messages.ts'

/** Servers of WebSockets that are compared: this service, and a broadcast by `ws` that does nothing else. */
export type Contestant = 'keyturn' | 'ws'

/** What a benchmark asks of a server process. */
export type ServerCommand =
  /** Causes one event. The bare server sends the text to all of its sockets. */
  | { readonly kind: 'event'; readonly text: string }
  | { readonly kind: 'usage'; readonly collectGarbage: boolean }
  /** Ends the connections: by a revocation, or by a close frame to each. */
  | { readonly kind: 'revoke' }
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'endProfile' }

/** What a server process reports. Instants are of the system's monotonic clock, which processes share. */
export type ServerReport =
  | {
      readonly kind: 'ready'
      readonly url: string
      readonly groups: readonly LiveGroup[]
      readonly organizationId: string
      readonly ownerSecret: string
    }
  /** The event was committed, and its delivery began. */
  | { readonly kind: 'committed'; readonly at: string }
  | { readonly kind: 'usage'; readonly processorMs: number; readonly residentBytes: number; readonly heapBytes: number }
  | { readonly kind: 'profiled' }
