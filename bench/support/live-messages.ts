/** One credential, and what is opened with it. */
export interface LiveGroup {
  readonly secret: string
  readonly sockets: number
  /** None for a server that sends to every socket. */
  readonly subscriptionsPerSocket: number
}

/** What a benchmark asks of its client process. */
export type LiveCommand =
  | {
      readonly kind: 'open'
      readonly url: string
      readonly query: string
      readonly variables: object
      readonly groups: readonly LiveGroup[]
    }
  /** Reports when so many events have been received by all subscriptions together, counted from now. */
  | { readonly kind: 'count'; readonly events: number }
  /** Reports when every socket has been closed by the server. */
  | { readonly kind: 'awaitClose' }
  | { readonly kind: 'post'; readonly url: string; readonly secret: string; readonly body: string }

/** What the client process reports. Instants are of the system's monotonic clock, which processes share. */
export type LiveReport =
  | { readonly kind: 'opened' }
  /** @param text the last message */
  | { readonly kind: 'counted'; readonly at: string; readonly text: string }
  | { readonly kind: 'closed'; readonly at: string; readonly codes: readonly number[] }
  | { readonly kind: 'answered'; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly reason: string }

/** Now, in nanoseconds of the system's monotonic clock. */
export const monotonicNow = (): bigint => process.hrtime.bigint()
