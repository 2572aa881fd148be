import type { LiveKeyEventsSubscription } from '../generated/graphql.ts'

/** An event about a key, as it is written. */
export type LiveEvent = LiveKeyEventsSubscription['keyEvents']
