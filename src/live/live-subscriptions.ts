import type { AuditEventType } from '../audit/events/event-types.ts'
import type { Clock } from '../kernel/clock.ts'
import { type UnauthenticatedReason, unauthenticated } from '../kernel/errors.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { AuditFeed } from './audit-feed.ts'
import { CLOSE_CODES, noLongerValidText } from './close-codes.ts'
import { CredentialWatch } from './credential-watch.ts'
import { FairScheduler } from './fair-scheduler.ts'
import type { LiveItem, LiveRequest, OpenSubscription } from './live-request.ts'
import { LiveSubscription } from './live-subscription.ts'
import type { RequestedItems } from './requested-items.ts'
import type { Holder } from './watched-credential.ts'

const checkFailed = () => unauthenticated('UNKNOWN', 'The credential could not be checked. Connect again.')
const notValid = (reason: UnauthenticatedReason) =>
  unauthenticated(reason, 'The credential is no longer valid for this subscription.')

/**
 * Live subscriptions to the audit feed. None is polled: all subscriptions of a credential end on the event that ends the
 * caller's right, or when the credential expires.
 */
export class LiveSubscriptions {
  private readonly feed: AuditFeed
  private readonly onFault: (error: unknown) => void
  private readonly open = new Set<OpenSubscription>()
  private readonly watch: CredentialWatch<OpenSubscription>
  // Separate from the deliveries, so that endings do not wait for them.
  private readonly endings = new FairScheduler()

  /** @param onFault receives the error of a failed credential check; the subscriptions of that credential are ended */
  constructor(feed: AuditFeed, clock: Clock, onFault: (error: unknown) => void) {
    this.feed = feed
    this.onFault = onFault
    this.watch = new CredentialWatch<OpenSubscription>(feed, clock, {
      changed: ({ watchers }, holder) => this.refuseThoseWithout(holder, [...watchers]),
      ended: (subscriptions, error, reason) => {
        if (error === null) return this.refuse(subscriptions, reason)
        this.onFault(error)
        this.endAll(subscriptions, checkFailed())
      },
    })
  }

  /** Number of open subscriptions. */
  get size(): number {
    return this.open.size
  }

  /** Number of distinct credentials of the open subscriptions. */
  get credentials(): number {
    return this.watch.size
  }

  /**
   * Opens a subscription. It must be returned or read to its end. Throws UNAUTHENTICATED if no credential was presented, and
   * what `AuditFeed.follow` throws.
   */
  async subscribe<T, Type extends AuditEventType>(request: LiveRequest<T, Type>): Promise<RequestedItems<LiveItem<T>>> {
    let stopWaiting = () => {}
    const subscription = new LiveSubscription(request, this.watch, () => {
      this.open.delete(subscription)
      stopWaiting()
    })
    await subscription.follow(this.feed)
    if (subscription.over) return subscription
    this.open.add(subscription)
    // The reader may have disconnected meanwhile. Nothing else would end the subscription then.
    stopWaiting = request.reader.onGone(() => void subscription.return())
    // An event between authentication and now may have ended the right without reaching this subscription.
    const holder = await subscription.holder()
    if (holder !== null && !(await request.mayFollow(holder.principal))) this.refuse([subscription])
    return subscription
  }

  close(): void {
    this.watch.close()
  }

  /** Checks once per topic whether the holder may still subscribe to it. */
  private async refuseThoseWithout(holder: Holder, subscriptions: readonly OpenSubscription[]): Promise<void> {
    const verdicts = new Map<string, MaybePromise<boolean>>()
    for (const { source } of subscriptions)
      if (!verdicts.has(source.topic)) verdicts.set(source.topic, source.mayFollow(holder.principal))
    const refused = new Set<string>()
    for (const [topic, verdict] of verdicts) if (!(await verdict)) refused.add(topic)
    this.refuse(subscriptions.filter(({ source }) => refused.has(source.topic)))
  }

  /** Ends subscriptions and the connections that carry them. */
  private refuse(subscriptions: readonly OpenSubscription[], reason: UnauthenticatedReason | null = null): void {
    // Connections are closed first: then no message has to be sent for each of their subscriptions.
    const closed = new Set<OpenSubscription['source']['reader']>()
    for (const { source } of subscriptions) {
      const { reader, follow } = source
      if (closed.has(reader)) continue
      closed.add(reader)
      this.endings.run(follow.organizationId, () =>
        reader.end(CLOSE_CODES.credentialNoLongerValid, noLongerValidText(reason)),
      )
    }
    this.endAll(subscriptions, notValid(reason ?? 'UNKNOWN'))
  }

  private endAll(subscriptions: readonly OpenSubscription[], error: Error): void {
    // All stop delivering at once; ending each of them takes longer.
    for (const subscription of subscriptions) subscription.refuse(error)
    for (const subscription of subscriptions)
      this.endings.run(subscription.source.follow.organizationId, () => subscription.end())
  }
}
