import type { PresentedCredential } from '../access/authenticator.ts'
import type { Principal } from '../access/principal.ts'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { Clock } from '../kernel/clock.ts'
import { type UnauthenticatedReason, Unavailable } from '../kernel/errors.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { AuditFeed } from './audit-feed.ts'
import { ChangeCounter } from './change-counter.ts'
import { CheckQueue } from './check-queue.ts'
import { CheckRound } from './check-round.ts'
import { onCredentialEvent } from './credential-events.ts'
import { ExpiryAlarm } from './expiry-alarm.ts'
import { PostponedChecks } from './postponed-checks.ts'
import { type Holder, holderOf, WatchedCredential } from './watched-credential.ts'
import { WatchedCredentials } from './watched-credentials.ts'

/** The part of the feed that reports changes, and whether all of them are reported. */
export type WatchedFeed = Pick<AuditFeed, 'on' | 'onGap' | 'current'>

export interface CredentialHooks<Watcher> {
  /** The rights of the holder have changed. Nothing is delivered with the new rights before this resolves. */
  readonly changed: (credential: WatchedCredential<Watcher>, holder: Holder) => Promise<void>
  /**
   * @param error why it could not be checked; null where the credential is no longer valid
   * @param reason why the credential is no longer valid
   */
  readonly ended: (watchers: readonly Watcher[], error: unknown, reason: UnauthenticatedReason) => void
}

/** Interval at which the state of the feed and the clock are polled, once for all credentials. */
const POLL_INTERVAL_MS = 100

/**
 * Tracks for each credential in use whether it is valid, and who holds it. A credential is checked again after an event about
 * it, when it expires and after a gap in the feed; while the feed is not current, once a second. While a check ends with
 * UNAVAILABLE, nothing is delivered to the credential's watchers, and none is ended.
 */
export class CredentialWatch<Watcher> {
  private readonly feed: WatchedFeed
  private readonly clock: Clock
  private readonly hooks: CredentialHooks<Watcher>
  private readonly credentials = new WatchedCredentials<Watcher>()
  private readonly expiries: ExpiryAlarm<WatchedCredential<Watcher>>
  private readonly checks = new CheckQueue<WatchedCredential<Watcher>>((credential) => this.check(credential))
  private readonly changes = new ChangeCounter()
  private wasCurrent = true
  private readonly postponed = new PostponedChecks<WatchedCredential<Watcher>>((credential) => {
    if (credential.needsCheck) this.checks.add(credential, 'urgent')
  })
  private readonly round = new CheckRound(this.credentials)
  private polling: NodeJS.Timeout | null = null

  constructor(feed: WatchedFeed, clock: Clock, hooks: CredentialHooks<Watcher>) {
    this.feed = feed
    this.clock = clock
    this.hooks = hooks
    this.expiries = new ExpiryAlarm(clock, (credentials) => {
      this.changes.next()
      for (const credential of credentials) this.recheck(credential, 'urgent')
    })
    onCredentialEvent(feed, (subjectId) => this.recheckNamed(subjectId))
    feed.onGap(() => this.recheckAll())
  }

  /** Number of distinct credentials. */
  get size(): number {
    return this.credentials.size
  }

  /** @param principal the caller, as of the start of the operation */
  enter(presented: PresentedCredential, principal: Principal, watcher: Watcher): WatchedCredential<Watcher> {
    const credential = this.credentials.get(presented.id) ?? this.add(presented, principal)
    credential.watchers.add(watcher)
    // While the feed is not current, earlier changes may not have been reported.
    if (!this.feed.current) credential.changedAt = this.changes.next()
    if (credential.needsCheck) this.checks.add(credential, 'urgent')
    // Real time, because this notices that the clock was set forward or that the process was suspended.
    this.polling ??= setInterval(() => this.poll(), POLL_INTERVAL_MS).unref()
    return credential
  }

  leave(credential: WatchedCredential<Watcher>, watcher: Watcher): void {
    credential.watchers.delete(watcher)
    if (credential.watchers.size === 0 && !credential.gone) this.remove(credential)
  }

  /**
   * The current holder; null if the credential is no longer valid. Synchronous if nothing has changed since the last check.
   *
   * @param since the change count that the check must have started at, or after
   */
  holderOf(credential: WatchedCredential<Watcher>, since = 0): MaybePromise<Holder | null> {
    if (credential.gone) return null
    const wanted = Math.max(credential.changedAt, since)
    if (credential.checkedAt >= wanted) return credential.holder
    credential.wantedAt = Math.max(credential.wantedAt, wanted)
    this.checks.add(credential, 'urgent')
    return credential.settled().then(() => this.holderOf(credential, since))
  }

  /**
   * The holder who may receive an event: every earlier change is taken into account. While the feed is not current, that
   * takes a check that starts after the event, one for all subscriptions of the credential.
   */
  holderAt(
    credential: WatchedCredential<Watcher>,
    event: Pick<AuditEvent, 'organizationId' | 'sequence'>,
  ): MaybePromise<Holder | null> {
    return this.feed.current ? this.holderOf(credential) : this.holderOf(credential, this.changes.ofDelivered(event))
  }

  close(): void {
    if (this.polling !== null) clearInterval(this.polling)
    this.expiries.stop()
  }

  private add(presented: PresentedCredential, principal: Principal): WatchedCredential<Watcher> {
    const credential = new WatchedCredential<Watcher>(presented, principal)
    this.credentials.add(credential)
    return credential
  }

  private remove(credential: WatchedCredential<Watcher>): void {
    credential.gone = true
    this.postponed.delete(credential)
    this.credentials.delete(credential)
    this.expiries.delete(credential)
    credential.settle()
    if (this.credentials.size > 0 || this.polling === null) return
    clearInterval(this.polling)
    this.polling = null
  }

  /** @param subjectId the key, user, session or token that an event is about; null if it is unknown */
  private recheckNamed(subjectId: string | null): void {
    if (subjectId === null) this.recheckAll()
    else {
      this.changes.next()
      for (const credential of this.credentials.named(subjectId)) this.recheck(credential, 'urgent')
    }
  }

  private recheckAll(): void {
    this.changes.next()
    for (const credential of this.credentials.values()) this.recheck(credential, 'routine')
  }

  private recheck(credential: WatchedCredential<Watcher>, urgency: 'urgent' | 'routine'): void {
    credential.changedAt = this.changes.current
    this.checks.add(credential, urgency)
  }

  private async check(credential: WatchedCredential<Watcher>): Promise<void> {
    const startedAt = this.changes.current
    try {
      const principal = await credential.currentPrincipal(this.clock)
      if (credential.gone) return
      if (principal === null) return this.end(credential, null)
      const holder = holderOf(principal)
      if (holder.rights !== credential.holder.rights) await this.hooks.changed(credential, holder)
      if (credential.gone) return
      credential.holder = holder
      credential.checkedAt = startedAt
      this.postponed.resumeAll()
      this.expiries.set(credential, principal.credential.expiresAt)
      credential.settle()
    } catch (error) {
      if (credential.gone) return
      if (error instanceof Unavailable) this.postponed.add(credential)
      else this.end(credential, error)
    }
  }

  private end(credential: WatchedCredential<Watcher>, error: unknown): void {
    const watchers = [...credential.watchers]
    this.remove(credential)
    // Without a reason, the credential has expired.
    this.hooks.ended(watchers, error, credential.presented.refusalReason() ?? 'EXPIRED')
  }

  private poll(): void {
    this.expiries.check()
    this.postponed.poll()
    const { current } = this.feed
    if (!current) this.checkSome()
    // Changes that were committed meanwhile may never be reported.
    else if (!this.wasCurrent) {
      this.changes.forgetDelivered()
      this.recheckAll()
    }
    this.wasCurrent = current
  }

  /** Checks a part of the credentials, so that all are checked once a second. If checks take longer, so does the round. */
  private checkSome(): void {
    if (!this.round.step() || this.checks.size >= this.credentials.size) return
    this.changes.next()
    for (const credential of this.round.take()) this.recheck(credential, 'routine')
  }
}
