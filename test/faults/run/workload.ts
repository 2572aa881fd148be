import { CreateApiKeyDocument, RevokeKeyDocument, ViewerDocument } from '../../../src/generated/graphql.ts'
import type { Operation } from '../history/history.ts'
import type { Caller } from './caller.ts'
import type { Instances } from './instances.ts'
import { oneOf, pause, type Random } from './settings.ts'

const WORKERS = 4
const USES_OF_A_REVOKED_KEY = 4
const HOUR_SECONDS = 3_600
/** Warnings fall due so long after the creation of their keys. */
const WARNED_AFTER_SECONDS = [2, 3, 4]
const PAUSE_MS = 50
/** A warning that is due later is not waited for. */
const LONGEST_WAIT_MS = 20_000

interface MadeKey {
  readonly id: string
  readonly secret: string
  readonly expiresAt: string | null
}

/** Clients that create, use and revoke keys at random, at all instances, and record what they did and what was answered. */
export class Workload {
  readonly operations: Operation[] = []
  /** When each warning was due, in milliseconds since the epoch, by the key's id. */
  readonly warningDueAt = new Map<string, number>()
  private readonly instances: Instances
  private readonly caller: Caller
  private readonly random: Random
  private readonly keys: MadeKey[] = []
  private running = false
  private working: Promise<unknown> = Promise.resolve()
  private made = 0

  constructor(instances: Instances, caller: Caller, random: Random) {
    this.instances = instances
    this.caller = caller
    this.random = random
  }

  start(): void {
    this.running = true
    this.working = Promise.all(Array.from({ length: WORKERS }, () => this.work()))
  }

  async stop(): Promise<void> {
    this.running = false
    await this.working
  }

  /** Uses every key at every instance. */
  async useAll(): Promise<void> {
    for (const url of this.instances.urls) await Promise.all(this.keys.map((key) => this.use(key, url)))
  }

  private async work(): Promise<void> {
    while (this.running) {
      const isWarnedOf = this.random() < 0.2
      const key = await this.create(isWarnedOf ? oneOf(this.random, WARNED_AFTER_SECONDS) : null)
      if (key === null) continue
      // Every instance has it in its cache.
      await Promise.all(this.instances.urls.map((url) => this.use(key, url)))
      if (!isWarnedOf && this.random() < 0.7) {
        await this.revoke(key)
        for (let count = 0; count < USES_OF_A_REVOKED_KEY; count += 1) await this.use(key)
      }
      // Any key of before: one that was revoked longer ago than the bound must be refused.
      for (let count = 0; count < 3; count += 1) await this.use(oneOf(this.random, this.keys))
      await pause(PAUSE_MS)
    }
  }

  private async create(warnedAfter: number | null): Promise<MadeKey | null> {
    const { organizationId, secret } = this.instances
    const startedAt = performance.now()
    const warned = { expiresIn: 'PT1H', warnBefore: [`PT${HOUR_SECONDS - (warnedAfter ?? 0)}S`] }
    // Another name at each attempt: the one before may have had success.
    const variables = () => {
      this.made += 1
      const name = `key ${this.made} ${startedAt}`
      return { input: { organizationId, name, grants: [], ...(warnedAfter === null ? {} : warned) } }
    }
    const answer = await this.caller.patiently(CreateApiKeyDocument, variables, secret)
    if (answer.kind !== 'data') return null
    const { apiKey, secret: keySecret } = answer.data.createApiKey
    const key = { id: apiKey.id, secret: keySecret, expiresAt: apiKey.expiresAt ?? null }
    this.keys.push(key)
    this.operations.push({ kind: 'create', keyId: key.id, startedAt, endedAt: performance.now() })
    if (warnedAfter !== null && key.expiresAt !== null) {
      const dueAt = Date.parse(key.expiresAt) - (HOUR_SECONDS - warnedAfter) * 1_000
      // An instance whose clock is ahead creates keys that nobody is warned about during the run.
      if (dueAt - Date.now() < LONGEST_WAIT_MS) this.warningDueAt.set(key.id, dueAt)
    }
    return key
  }

  private async revoke({ id: keyId }: MadeKey): Promise<void> {
    const startedAt = performance.now()
    const answer = await this.caller.patiently(
      RevokeKeyDocument,
      () => ({ input: { id: keyId } }),
      this.instances.secret,
    )
    const acknowledged = answer.kind === 'data'
    this.operations.push({ kind: 'revoke', keyId, startedAt, endedAt: performance.now(), acknowledged })
  }

  private async use({ id: keyId, secret }: MadeKey, url?: string): Promise<void> {
    const answer = await this.caller.retryingOnce(ViewerDocument, () => ({}), secret, url)
    const isRefused = answer.kind === 'error' && answer.error.extensions.code === 'UNAUTHENTICATED'
    if (answer.kind === 'error' && !isRefused)
      this.caller.bugs.push(`A use was answered ${JSON.stringify(answer.error)}`)
    const verdict = answer.kind === 'data' ? 'accepted' : isRefused ? 'refused' : 'unknown'
    this.operations.push({ kind: 'use', keyId, startedAt: answer.startedAt, endedAt: performance.now(), verdict })
  }
}
