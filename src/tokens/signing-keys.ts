import { createPrivateKey } from 'node:crypto'
import { importJWK, type JWK } from 'jose'
import { BY_SYSTEM, type Cause } from '../audit/audit-event.ts'
import { Periodic } from '../kernel/periodic.ts'
import type { AuditFeed } from '../live/audit-feed.ts'
import type { Database } from '../persistence/database.ts'
import { type Signer, signCompact } from './compact-jws.ts'
import type { SigningAlgorithm } from './signing-key.entity.ts'
import { KEY_CHECK_INTERVAL_MS, SigningKeyRotation, type SigningKeyRotationParts } from './signing-key-rotation.ts'
import { listSigningKeys } from './tokens.store.ts'

export interface SigningKeysParts extends SigningKeyRotationParts {
  readonly database: Database
  readonly feed: Pick<AuditFeed, 'on' | 'onGap'>
  /** Receives the error of a check or a read that failed. It is repeated later. */
  readonly onFault: (error: unknown) => void
}

/** Least interval between reads of the stored keys that a token with an unknown key causes. */
const RELOAD_INTERVAL_MS = 1_000

type VerificationKey = Awaited<ReturnType<typeof importJWK>>

/** The keys that sign access tokens and checkpoints, as this instance has read them. */
export class SigningKeys {
  private readonly parts: SigningKeysParts
  private readonly rotation: SigningKeyRotation
  private signer: Signer | null = null
  private published: JWK[] = []
  private readonly verifiers = new Map<
    string,
    { readonly algorithm: SigningAlgorithm; readonly key: VerificationKey }
  >()
  private reloadedAt = 0
  private reloading: Promise<void> = Promise.resolve()
  private readonly checks: Periodic

  constructor(parts: SigningKeysParts) {
    this.parts = parts
    this.rotation = new SigningKeyRotation(parts)
    const { clock, onFault } = parts
    this.checks = new Periodic({ clock, intervalMs: KEY_CHECK_INTERVAL_MS, task: () => this.check(), onFault })
    const reload = () => void this.reload().catch(onFault)
    parts.feed.on(['SIGNING_KEY_ROTATED'], reload)
    parts.feed.onGap(reload)
  }

  /** Creates the first keys, encrypts private keys under the newest master key, and rotates what is due. Throws WrongMasterKey. */
  async start(): Promise<void> {
    await this.parts.database.write((writer) => this.rotation.maintain(writer, 'at start'))
    await this.reload()
    this.checks.start()
  }

  stop(): Promise<void> {
    return this.checks.stop()
  }

  /** The JSON Web Key Set (RFC 7517): the next key, the current one, and those whose last token has not expired. */
  get keySet(): { readonly keys: readonly JWK[] } {
    return { keys: this.published }
  }

  /** A compact JWS (RFC 7515) of a payload, signed with the current key. */
  async sign(type: string, payload: object): Promise<string> {
    if (this.signer === null) throw new Error('There is no signing key before start.')
    return signCompact(this.signer, type, payload)
  }

  /** The public key of a `kid`; null if there is none. An unknown one is read from the database, once a second at most. */
  async verificationKey(id: string, algorithm: string): Promise<VerificationKey | null> {
    let known = this.verifiers.get(id)
    const now = this.parts.clock.now().getTime()
    if (known === undefined) {
      // A call during a read waits for it.
      await (Math.abs(now - this.reloadedAt) >= RELOAD_INTERVAL_MS ? this.reload() : this.reloading)
      known = this.verifiers.get(id)
    }
    // A key verifies its own algorithm only, to prevent algorithm confusion (RFC 8725 section 3.1).
    return known?.algorithm === algorithm ? known.key : null
  }

  /** Signs with the next key from now on. Returns its id. */
  async rotate(cause: Cause = BY_SYSTEM): Promise<string> {
    const id = await this.parts.database.write((writer) => this.rotation.rotate(writer, cause))
    await this.reload()
    return id
  }

  private async check(): Promise<void> {
    await this.parts.database.write((writer) => this.rotation.maintain(writer, 'while running'))
    await this.reload()
  }

  /** Reads are made one after the other, so that an older one never replaces the result of a newer one. */
  private reload(): Promise<void> {
    this.reloadedAt = this.parts.clock.now().getTime()
    this.reloading = this.reloading.catch(() => undefined).then(() => this.load())
    return this.reloading
  }

  private async load(): Promise<void> {
    const { database, masterKeys, clock } = this.parts
    const rows = await database.read(listSigningKeys)
    const now = clock.now()
    const live = rows.filter((row) => row.publishedUntil === null || row.publishedUntil > now)
    const current = live.find((row) => row.state === 'CURRENT')
    if (current !== undefined && current.id !== this.signer?.id) {
      const jwk = JSON.parse(await masterKeys.decrypt(current.privateJwe))
      this.signer = { id: current.id, algorithm: current.algorithm, key: createPrivateKey({ key: jwk, format: 'jwk' }) }
    }
    this.published = live.map((row) => JSON.parse(row.publicJwk))
    const ids = new Set(live.map((row) => row.id))
    for (const id of this.verifiers.keys()) if (!ids.has(id)) this.verifiers.delete(id)
    for (const row of live) {
      if (this.verifiers.has(row.id)) continue
      const key = await importJWK(JSON.parse(row.publicJwk), row.algorithm)
      this.verifiers.set(row.id, { algorithm: row.algorithm, key })
    }
  }
}
