import { BoundedMap } from './bounded-map.ts'
import { fingerprint } from './fingerprint.ts'
import { Turns } from './turns.ts'
import { credentialOf, type VerifiedCredential } from './verified-credential.ts'
import { VerifyError } from './verify-error.ts'

/** The server's introspection of a credential (RFC 7662). */
export interface Introspection {
  /** Null if it is not active. */
  readonly credential: VerifiedCredential | null
  /** The earlier introspection of a credential that is no longer active. */
  readonly ended: VerifiedCredential | null
  /** When the request was sent, in milliseconds since 1970. */
  readonly askedAt: number
  /** The version of the revocations when the request was sent. Later revocations apply to the result. */
  readonly version: number
}

interface Answer extends Pick<Introspection, 'askedAt' | 'version'> {
  readonly active: VerifiedCredential | null
}

export interface IntrospectionOptions {
  readonly endpoint: () => Promise<string>
  readonly credential: string
  readonly fetch: typeof fetch
  readonly version: () => number
}

const TIMEOUT_MS = 5_000
const AT_ONCE = 32
const MOST_WAITING = 2_000
const MOST_ACTIVE = 20_000
const MOST_INACTIVE = 10_000
const REFUSALS_LAST_MS = 5_000

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Introspects credentials at the server. Concurrent callers share a request, and results are cached. */
export class Introspector {
  private readonly options: IntrospectionOptions
  private readonly turns = new Turns(AT_ONCE, MOST_WAITING)
  private readonly asking = new Map<string, Promise<Answer>>()
  private readonly active = new BoundedMap<string, Introspection>(MOST_ACTIVE)
  private readonly inactive = new BoundedMap<string, Introspection>(MOST_INACTIVE)

  constructor(options: IntrospectionOptions) {
    this.options = options
  }

  /**
   * Introspects a credential. Throws VerifyError: unavailable.
   *
   * @param isUsable whether a cached result for an active credential may be used
   */
  async ask(text: string, isUsable: (kept: Introspection) => boolean): Promise<Introspection> {
    const key = await fingerprint(text)
    const known = this.active.get(key)
    if (known !== undefined && isUsable(known)) return known
    const refused = this.inactive.get(key)
    if (refused !== undefined && Date.now() - refused.askedAt < REFUSALS_LAST_MS) return refused
    const pending = this.asking.get(key)
    const asked = pending ?? this.turns.take(() => this.request(text)).finally(() => this.asking.delete(key))
    this.asking.set(key, asked)
    const { active: credential, ...moment } = await asked
    const ended = credential === null ? (known?.credential ?? refused?.ended ?? null) : null
    const answer: Introspection = { ...moment, credential, ended }
    const [one, other] = answer.credential === null ? [this.inactive, this.active] : [this.active, this.inactive]
    one.set(key, answer)
    other.delete(key)
    return answer
  }

  private async request(token: string): Promise<Answer> {
    const { endpoint, credential, fetch: send, version } = this.options
    const asked = { askedAt: Date.now(), version: version() }
    const url = await endpoint()
    let status = 0
    try {
      const response = await send(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token }).toString(),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      status = response.status
      const answer: unknown = response.ok ? await response.json() : null
      if (isRecord(answer) && typeof answer.active === 'boolean')
        return { ...asked, active: answer.active ? credentialOf(answer) : null }
      throw new Error(`${url} answered ${status}.`)
    } catch (cause) {
      const why = status === 401 ? 'The verifier may not ask about credentials.' : 'Keyturn does not answer.'
      throw new VerifyError('unavailable', `${why} Try again.`, { cause })
    }
  }
}
