import { importJWK, type JWK, type JWTHeaderParameters } from 'jose'
import { VerifyError } from './verify-error.ts'

type VerificationKey = Awaited<ReturnType<typeof importJWK>>

interface Metadata {
  readonly jwksUri: string
  readonly introspectionEndpoint: string
}

/** Shortest time between two reloads because of tokens with an unknown key id. */
const LOOK_AGAIN_MS = 30_000
/** Published keys are reloaded after this time, so that a withdrawn key is not accepted longer. */
const FRESH_MS = 600_000
const TIMEOUT_MS = 5_000
const MOST_KEYS = 100
export const ALGORITHMS = ['ES256', 'EdDSA', 'RS256']

/** RFC 8414 section 3.1: the well-known path comes before the issuer's own path. */
const metadataUrlOf = (issuer: string): string => {
  const { origin, pathname } = new URL(issuer)
  return `${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** A cache of the issuer's metadata (RFC 8414) and public keys (RFC 7517). */
export class Issuer {
  private readonly issuer: string
  private readonly fetch: typeof fetch
  private metadata: Promise<Metadata> | null = null
  private keys: ReadonlyMap<string, VerificationKey> = new Map()
  private readAt = Number.NEGATIVE_INFINITY
  private triedAt = Number.NEGATIVE_INFINITY
  private reading: Promise<void> | null = null

  constructor(issuer: string, send: typeof fetch) {
    this.issuer = issuer
    this.fetch = send
  }

  /** Loads metadata and keys unless they are cached. Throws VerifyError: unavailable. */
  async load(): Promise<void> {
    if (this.keys.size === 0) await this.read()
  }

  async introspectionEndpoint(): Promise<string> {
    return (await this.describe()).introspectionEndpoint
  }

  /** The key that the header of a token names; synchronous if it is cached. Throws VerifyError: unknown, unavailable. */
  readonly keyFor = ({ kid, alg }: JWTHeaderParameters): VerificationKey | Promise<VerificationKey> => {
    const name = `${alg} ${kid}`
    const known = this.keys.get(name)
    if (known === undefined) return this.lookFor(name)
    // Verification continues with the cached keys during a reload.
    if (performance.now() - this.readAt > FRESH_MS && this.mayLook) this.read().catch(() => undefined)
    return known
  }

  private get mayLook(): boolean {
    return performance.now() - this.triedAt > LOOK_AGAIN_MS
  }

  private async lookFor(name: string): Promise<VerificationKey> {
    if (this.keys.size === 0 || this.mayLook) await this.read()
    const found = this.keys.get(name)
    if (found !== undefined) return found
    // The reload failed, so the token may be signed with a new key: not known to be invalid.
    if (this.readAt < this.triedAt) throw new VerifyError('unavailable', 'The issuer of tokens does not answer.')
    throw new VerifyError('unknown', 'The token was not signed by the expected issuer.')
  }

  private read(): Promise<void> {
    if (this.reading !== null) return this.reading
    this.triedAt = performance.now()
    this.reading = this.readKeys().finally(() => {
      this.reading = null
    })
    return this.reading
  }

  private async readKeys(): Promise<void> {
    const { jwksUri } = await this.describe()
    const set = await this.get(jwksUri)
    const published = Array.isArray(set.keys) ? set.keys.slice(0, MOST_KEYS) : []
    const keys = new Map<string, VerificationKey>()
    for (const jwk of published.filter(isRecord)) {
      const { alg, kid } = jwk
      if (typeof alg !== 'string' || typeof kid !== 'string' || !ALGORITHMS.includes(alg)) continue
      keys.set(`${alg} ${kid}`, await importJWK(jwk as JWK, alg))
    }
    if (keys.size === 0) throw new VerifyError('unavailable', 'The issuer publishes no usable signing key.')
    this.keys = keys
    this.readAt = performance.now()
  }

  private describe(): Promise<Metadata> {
    this.metadata ??= this.readMetadata().catch((error) => {
      this.metadata = null
      throw error
    })
    return this.metadata
  }

  private async readMetadata(): Promise<Metadata> {
    const { issuer, jwks_uri: jwksUri, introspection_endpoint } = await this.get(metadataUrlOf(this.issuer))
    // RFC 8414 section 3.3: metadata of another issuer must not be used.
    if (issuer !== this.issuer || typeof jwksUri !== 'string' || typeof introspection_endpoint !== 'string')
      throw new VerifyError('unavailable', 'The metadata is not that of the expected issuer.')
    return { jwksUri, introspectionEndpoint: introspection_endpoint }
  }

  private async get(url: string): Promise<Record<string, unknown>> {
    try {
      const response = await this.fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
      const body: unknown = response.ok ? await response.json() : null
      if (isRecord(body)) return body
      throw new Error(`${url} answered ${response.status}.`)
    } catch (cause) {
      throw new VerifyError('unavailable', 'The issuer of tokens does not answer.', { cause })
    }
  }
}
