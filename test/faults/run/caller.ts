import type { TypedDocumentString } from '../../../src/generated/graphql.ts'
import { type ResponseError, TestClient } from '../../support/client.ts'
import { oneOf, pause, type Random } from './settings.ts'

/** Long, because an instance that sleeps answers when it wakes, and the machine may be busy. */
const REQUEST_TIMEOUT_MS = 15_000
/** How long a change is tried again by a client that does not give up. */
const PATIENCE_MS = 30_000

/** An answer, or that none came from which anything follows. */
export type Answer<Data> =
  | { readonly kind: 'data'; readonly data: Data; readonly startedAt: number }
  | { readonly kind: 'error'; readonly error: ResponseError; readonly startedAt: number }
  | { readonly kind: 'none'; readonly reason: string; readonly startedAt: number }

const TEMPORARY = ['UNAVAILABLE', 'RATE_LIMITED']

/** The database failed while the change was saved: equivalent to no response. */
const isOutcomeUnknown = (error: ResponseError | undefined): boolean => error?.extensions.reason === 'OUTCOME_UNKNOWN'

/** A client of several instances, as one behind a load balancer that knows nothing of their health. */
export class Caller {
  private readonly urls: readonly string[]
  private readonly random: Random
  /** Requests that were answered neither at the first attempt nor, at another instance, at the second. */
  failedTwice: string[] = []
  /** Answers that no fault excuses. */
  readonly bugs: string[] = []

  constructor(urls: readonly string[], random: Random) {
    this.urls = urls
    this.random = random
  }

  /** One attempt at one instance, any by default. */
  async once<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    credential: string,
    url = oneOf(this.random, this.urls),
  ): Promise<Answer<Data>> {
    const startedAt = performance.now()
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...this.origin(), ...new TestClient(url, credential).headers },
        body: JSON.stringify({ query: document.toString(), variables }),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      })
      const { data, errors } = (await response.json()) as { data?: Data; errors?: ResponseError[] }
      const [error] = errors ?? []
      if (error === undefined && data != null) return { kind: 'data', data, startedAt }
      if (isOutcomeUnknown(error)) return { kind: 'none', reason: `${url} OUTCOME_UNKNOWN`, startedAt }
      if (error?.extensions.code === 'INTERNAL' || (error === undefined && response.status !== 503))
        this.bugs.push(`${url} answered ${response.status} ${JSON.stringify(errors)}`)
      else if (error !== undefined && !TEMPORARY.includes(error.extensions.code))
        return { kind: 'error', error, startedAt }
      return { kind: 'none', reason: `${url} ${error?.extensions.code ?? response.status}`, startedAt }
    } catch (error) {
      const { name, cause } = error as Error
      return { kind: 'none', reason: `${url} ${name} ${(cause as { code?: string } | undefined)?.code}`, startedAt }
    }
  }

  /** Refusals are limited by address: each request comes from another one. */
  private origin(): Record<string, string> {
    const part = () => Math.floor(this.random() * 256)
    return { 'x-forwarded-for': `10.${part()}.${part()}.${part()}` }
  }

  /** One attempt, and a second one at the next instance where the first had no answer. */
  async retryingOnce<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: () => Variables,
    credential: string,
    url = oneOf(this.random, this.urls),
  ): Promise<Answer<Data>> {
    const first = await this.once(document, variables(), credential, url)
    if (first.kind !== 'none') return first
    const next = this.urls[(this.urls.indexOf(url) + 1) % this.urls.length]
    const second = await this.once(document, variables(), credential, next)
    if (second.kind === 'none') this.failedTwice.push(`${first.reason}, ${second.reason}`)
    return second
  }

  /** Attempts until there is an answer. */
  async patiently<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: () => Variables,
    credential: string,
  ): Promise<Answer<Data>> {
    for (const end = performance.now() + PATIENCE_MS; ; await pause(50)) {
      const answer = await this.retryingOnce(document, variables, credential)
      if (answer.kind !== 'none' || performance.now() > end) return answer
    }
  }
}
