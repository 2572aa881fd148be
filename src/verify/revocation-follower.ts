import { backoffMs, wait } from '../client/backoff.ts'
import { type KeyturnClient, KeyturnClientError } from '../client/client.ts'
import { openClient } from '../client/open-client.ts'
import { RevocationRangeDocument, RevocationsDocument } from '../generated/graphql.ts'
import type { Revocation } from './revocations.ts'
import { VerifyError } from './verify-error.ts'

export type FeedState = 'off' | 'connecting' | 'live' | 'down'

export interface FollowerOptions {
  /** The GraphQL endpoint. */
  readonly url: string
  readonly credential: string
  /** Finds the organization whose revocations to follow. Called once if it is not known. */
  readonly findOrganization: () => Promise<string>
  readonly apply: (revocation: Revocation) => void
  readonly fetch: typeof fetch
  readonly webSocketImpl?: unknown
  /** Interval of the checks that nothing is missing. Default: 4 s. */
  readonly checkMilliseconds?: number
}

/** A silent connection counts as lost after two of these. */
const PING_MS = 1_000
/** Default interval of the checks, and how long an event may be in transit. */
const CHECK_MS = 4_000
const DELIVERY_MS = 1_000
const TIMEOUT_MS = 3_000
/** Delay after which a rejected verifier retries: somebody must grant it access first. */
const REFUSED_WAIT_SECONDS = 30

const REFUSALS: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT'])
const isRefused = (error: unknown): boolean => error instanceof KeyturnClientError && REFUSALS.has(error.code)

/**
 * Follows the revocations of an organization. It is live while the connection is alive and everything that was committed
 * before the last check has been applied. At a first start it reads back over the longest lifetime of a token.
 */
export class RevocationFollower {
  state: FeedState = 'connecting'
  /** The followed organization; null until it is known. */
  organizationId: string | null = null
  private readonly options: FollowerOptions
  private readonly client: KeyturnClient
  private readonly controller = new AbortController()
  private running: Promise<void> | null = null
  /** Sequence of the newest applied revocation. */
  private position: number | null = null
  /** The sequence at which it has caught up; null until that is known. */
  private head: number | null = null
  private stream: AsyncIterableIterator<unknown> | null = null
  private connection = 0
  private waiters: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = []

  constructor(options: FollowerOptions) {
    const { url, credential, fetch, webSocketImpl } = options
    this.options = options
    this.client = openClient({ url, credential, fetch, webSocketImpl }, { pingMilliseconds: PING_MS })
  }

  start(): void {
    this.running ??= this.run()
  }

  /** Resolves when it is live. Throws VerifyError: unavailable if the server rejects the verifier, and after `close`. */
  async live(): Promise<void> {
    this.start()
    if (this.state === 'live') return
    await new Promise<void>((resolve, reject) => this.waiters.push({ resolve, reject }))
  }

  async close(): Promise<void> {
    this.controller.abort()
    this.settle(new VerifyError('unavailable', 'The verifier was closed.'))
    await this.client.dispose()
    await this.running
    this.leave()
  }

  private async run(): Promise<void> {
    const { signal } = this.controller
    let failures = 0
    while (!signal.aborted) {
      let refused = false
      try {
        await this.follow()
      } catch (error) {
        refused = isRefused(error) && !signal.aborted
        if (refused)
          this.settle(new VerifyError('unavailable', 'The verifier may not follow revocations.', { cause: error }))
      }
      failures = this.state === 'live' ? 0 : failures + 1
      this.leave()
      if (!signal.aborted) await wait(backoffMs(failures, refused ? REFUSED_WAIT_SECONDS : 0), signal)
    }
  }

  private async follow(): Promise<void> {
    const { signal } = this.controller
    this.organizationId ??= await this.options.findOrganization()
    const { organizationId } = this
    this.position ??= (await this.range()).after
    const stream = this.client.subscribe(
      RevocationsDocument,
      { organizationId },
      {
        after: this.position,
        signal,
        onConnection: (state) => {
          if (state === 'live') void this.watch()
          else this.leave()
        },
      },
    )
    this.stream = stream
    for await (const { revocations } of stream) {
      this.options.apply(revocations)
      this.position = revocations.sequence
      this.compare()
    }
  }

  private async range(): Promise<{ readonly after: number; readonly head: number }> {
    const { organizationId, position } = this
    const { organization } = await this.client.execute(
      RevocationRangeDocument,
      { organizationId: organizationId ?? '', after: position },
      { signal: AbortSignal.any([this.controller.signal, AbortSignal.timeout(TIMEOUT_MS)]) },
    )
    if (organization?.revocationRange == null)
      throw new KeyturnClientError('NOT_FOUND', 'The organization to follow does not exist.')
    return organization.revocationRange
  }

  /**
   * Determines which revocations a new connection must deliver to be up to date, and checks every few seconds that it still
   * is: an instance without its database keeps the connection open and delivers nothing.
   */
  private async watch(): Promise<void> {
    this.connection += 1
    const { connection } = this
    const { signal } = this.controller
    const isCurrent = () => connection === this.connection && !signal.aborted
    let failures = 0
    while (isCurrent()) {
      try {
        const { head } = await this.range()
        if (!isCurrent()) return
        this.head = head
        this.compare()
        failures = 0
        await wait(DELIVERY_MS, signal)
        if (isCurrent() && (this.position ?? 0) < head) return await this.restart()
        await wait(this.options.checkMilliseconds ?? CHECK_MS, signal)
      } catch {
        // Unknown counts as not up to date. A rejection also ends the subscription, which reports it.
        if (!isCurrent()) return
        this.head = null
        this.lose()
        failures += 1
        await wait(backoffMs(failures), signal)
      }
    }
  }

  /** Subscribes again after the newest applied revocation. */
  private async restart(): Promise<void> {
    this.leave()
    await this.stream?.return?.()
  }

  private compare(): void {
    if (this.head === null || this.position === null || this.position < this.head || this.state === 'live') return
    this.state = 'live'
    for (const { resolve } of this.waiters.splice(0)) resolve()
  }

  private leave(): void {
    this.connection += 1
    this.head = null
    this.lose()
  }

  private lose(): void {
    if (this.state === 'live') this.state = 'down'
  }

  private settle(error: VerifyError): void {
    for (const { reject } of this.waiters.splice(0)) reject(error)
  }
}
