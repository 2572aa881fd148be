import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { BY_SYSTEM, type Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { signingKeyRotated } from '../audit/events/token-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { addSeconds, DAY } from '../kernel/duration.ts'
import { Periodic } from '../kernel/periodic.ts'
import type { AuditFeed } from '../live/audit-feed.ts'
import type { Database, Writer } from '../persistence/database.ts'
import { keepPublicKeys } from './checkpoint-keys.ts'
import type { MasterKeys } from './master-keys.ts'
import type { SigningAlgorithm, SigningKeyRow } from './signing-key.entity.ts'
import {
  deleteSigningKey,
  findFirstOrganization,
  insertSigningKey,
  listSigningKeys,
  lockSigningKeys,
  updateSigningKey,
} from './tokens.store.ts'

export interface SigningKeysParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly feed: AuditFeed
  readonly masterKeys: MasterKeys
  readonly algorithm: SigningAlgorithm
  readonly onFault: (error: unknown) => void
}

/** How long a key signs. */
const ROTATE_AFTER = 90 * DAY
const CHECK_EVERY_MS = 60_000
/**
 * No token lives longer than a day, so no key has to be published longer once it has stopped signing: on the last instance
 * to hear of it, that is.
 */
const PUBLISHED_AFTER = DAY + (2 * CHECK_EVERY_MS) / 1000
/** How often at most a token with an unknown key makes this instance look for keys that another one made. */
const RELOAD_EVERY_MS = 1_000

type VerificationKey = Awaited<ReturnType<typeof importJWK>>

interface Signer {
  readonly id: string
  readonly algorithm: SigningAlgorithm
  readonly key: KeyObject
}

const signAsync = promisify(sign)

/** The keys that sign access tokens and checkpoints: one signs, the next is published already, old ones still are. */
export class SigningKeys {
  private readonly parts: SigningKeysParts
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
    const { clock, onFault } = parts
    this.checks = new Periodic({ clock, intervalMs: CHECK_EVERY_MS, task: () => this.check(), onFault })
    const reload = () => void this.reload().catch(onFault)
    parts.feed.on(['SIGNING_KEY_ROTATED'], reload)
    parts.feed.onGap(reload)
  }

  /** Makes the first keys, encrypts anew what an old master key encrypted, and rotates what is due. */
  async start(): Promise<void> {
    await this.parts.database.write((writer) => this.prepare(writer, 'at the start'))
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
    const { signer } = this
    if (signer === null) throw new Error('There is no signing key yet: start comes first.')
    const header = { alg: signer.algorithm, typ: type, kid: signer.id }
    const input = `${encode(header)}.${encode(payload)}`
    return `${input}.${(await signature(signer, input)).toString('base64url')}`
  }

  /** The public key of a `kid`, or null; one that another instance has just made is looked for. */
  async verificationKey(id: string, algorithm: string): Promise<VerificationKey | null> {
    let known = this.verifiers.get(id)
    const now = this.parts.clock.now().getTime()
    if (known === undefined) {
      // One that asks while the keys are being read waits for them, too.
      await (Math.abs(now - this.reloadedAt) >= RELOAD_EVERY_MS ? this.reload() : this.reloading)
      known = this.verifiers.get(id)
    }
    // A key is good for its own algorithm alone: whoever presents it under another is trying something.
    return known?.algorithm === algorithm ? known.key : null
  }

  /** Signs with the next key from now on. */
  async rotate(cause: Cause = BY_SYSTEM): Promise<string> {
    const id = await this.parts.database.write(async (writer) =>
      this.turn(writer, await lockSigningKeys(writer), cause),
    )
    await this.reload()
    return id
  }

  private async prepare(writer: Writer, when: 'at the start' | 'while running'): Promise<void> {
    const { masterKeys, clock, algorithm } = this.parts
    const rows = await lockSigningKeys(writer)
    for (const row of rows)
      if (masterKeys.isOld(row.privateJwe))
        await updateSigningKey(writer, row.id, {
          privateJwe: await masterKeys.encrypt(await masterKeys.decrypt(row.privateJwe)),
        })
    const current = rows.find((row) => row.state === 'CURRENT')
    if (current === undefined) {
      const first = await this.generate('CURRENT')
      await insertSigningKey(writer, first)
      await insertSigningKey(writer, await this.generate('NEXT'))
      await keepPublicKeys(writer, masterKeys, [first])
      return
    }
    await keepPublicKeys(
      writer,
      masterKeys,
      rows.filter(({ state }) => state !== 'NEXT'),
    )
    const due = current.currentFrom !== null && addSeconds(current.currentFrom, ROTATE_AFTER) <= clock.now()
    // Only a start changes the algorithm: instances that differ in it, as in a restart one by one, would take turns at it.
    const changed = when === 'at the start' && current.algorithm !== algorithm
    if (due || changed) await this.turn(writer, rows, BY_SYSTEM)
    for (const row of rows)
      if (row.publishedUntil !== null && row.publishedUntil <= clock.now()) await deleteSigningKey(writer, row.id)
  }

  private async turn(writer: Writer, rows: readonly SigningKeyRow[], cause: Cause): Promise<string> {
    const { clock, log, algorithm } = this.parts
    const now = clock.now()
    for (const row of rows.filter(({ state }) => state === 'CURRENT'))
      await updateSigningKey(writer, row.id, { state: 'RETIRING', publishedUntil: addSeconds(now, PUBLISHED_AFTER) })
    let next = rows.find((row) => row.state === 'NEXT')
    if (next !== undefined && next.algorithm !== algorithm) {
      await deleteSigningKey(writer, next.id)
      next = undefined
    }
    if (next === undefined) {
      next = await this.generate('CURRENT')
      await insertSigningKey(writer, next)
    } else await updateSigningKey(writer, next.id, { state: 'CURRENT', currentFrom: now })
    await keepPublicKeys(writer, this.parts.masterKeys, [next])
    await insertSigningKey(writer, await this.generate('NEXT'))
    const organizationId = await findFirstOrganization(writer)
    if (organizationId !== null)
      await log.append(writer, organizationId, cause, signingKeyRotated(next.id, next.algorithm))
    return next.id
  }

  private async generate(state: 'NEXT' | 'CURRENT'): Promise<SigningKeyRow> {
    const { algorithm, masterKeys, clock } = this.parts
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 })
    const publicJwk = await exportJWK(publicKey)
    const id = await calculateJwkThumbprint(publicJwk)
    const now = clock.now()
    return {
      id,
      algorithm,
      state,
      publicJwk: JSON.stringify({ ...publicJwk, kid: id, alg: algorithm, use: 'sig' }),
      privateJwe: await masterKeys.encrypt(JSON.stringify(await exportJWK(privateKey))),
      createdAt: now,
      currentFrom: state === 'CURRENT' ? now : null,
      publishedUntil: null,
    }
  }

  /** One at a time: what an earlier read found must not replace what a later one did. */
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

  private async check(): Promise<void> {
    await this.parts.database.write((writer) => this.prepare(writer, 'while running'))
    await this.reload()
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** The signature of RFC 7518 section 3 (RFC 8037 for EdDSA). Three times as fast as going through Web Crypto. */
const signature = async ({ algorithm, key }: Signer, input: string): Promise<Buffer> => {
  const data = Buffer.from(input)
  switch (algorithm) {
    case 'ES256':
      return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })
    case 'EdDSA':
      return sign(null, data, key)
    case 'RS256':
      // A millisecond of work: on another thread, where it keeps nobody waiting.
      return signAsync('sha256', data, key)
  }
}
