import type { KeyturnClient } from '../../client/client.ts'
import {
  ExpiryWarningsDocument,
  type ExpiryWarningsSubscription,
  KeyEventsDocument,
  type KeyEventsSubscription,
} from '../../generated/graphql.ts'
import { DemoFailure } from './output.ts'

type KeyEvent = KeyEventsSubscription['keyEvents']

/** What the demo receives live: each function waits for the next one, and throws DemoFailure if its subscription ends. */
export interface LiveEvents {
  readonly nextWarning: () => Promise<ExpiryWarningsSubscription>
  /** The next event of the demo's key. */
  readonly nextEvent: () => Promise<KeyEvent>
}

/** Returns a function that waits for the next value of a subscription, which must not end. */
const nextOf =
  <Data>(values: AsyncIterator<Data>) =>
  async (): Promise<Data> => {
    const { done, value } = await values.next()
    if (done === true) throw new DemoFailure('The subscription ended.')
    return value
  }

/** Returns a function that waits for the next event of a key. */
const eventsOf = (owner: KeyturnClient, organizationId: string, keyName: string): (() => Promise<KeyEvent>) => {
  const next = nextOf(
    owner.subscribe(KeyEventsDocument, {
      organizationId,
      types: ['KEY_CREATED', 'KEY_EXPIRY_WARNING', 'KEY_ROTATED', 'KEY_REVOKED'],
      after: 0,
    }),
  )
  return async () => {
    for (;;) {
      const { keyEvents } = await next()
      if (keyEvents.targetName === keyName) return keyEvents
    }
  }
}

/** Subscribes to the expiry warnings of an organization and to the events of one of its keys. */
export const followLive = (owner: KeyturnClient, organizationId: string, keyName: string): LiveEvents => ({
  nextWarning: nextOf(owner.subscribe(ExpiryWarningsDocument, { organizationId })),
  nextEvent: eventsOf(owner, organizationId, keyName),
})
