import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { BY_SYSTEM, type Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { signingKeyRotated } from '../audit/events/token-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { addSeconds, DAY } from '../kernel/duration.ts'
import type { Writer } from '../persistence/database.ts'
import { keepPublicKeys } from './checkpoint-keys.ts'
import type { MasterKeys } from './master-keys.ts'
import type { SigningAlgorithm, SigningKeyRow } from './signing-key.entity.ts'
import {
  deleteSigningKey,
  findFirstOrganization,
  insertSigningKey,
  lockSigningKeys,
  updateSigningKey,
} from './tokens.store.ts'

export interface SigningKeyRotationParts {
  readonly clock: Clock
  readonly log: AuditLog
  readonly masterKeys: MasterKeys
  readonly algorithm: SigningAlgorithm
}

/** Interval at which each instance checks the stored keys. */
export const KEY_CHECK_INTERVAL_MS = 60_000
/** How long a key signs, in seconds. */
const ROTATION_INTERVAL = 90 * DAY
/**
 * How long a key is published after it was replaced, in seconds: the longest lifetime of a token, after the last instance has
 * learned of the rotation.
 */
const PUBLISHED_AFTER = DAY + (2 * KEY_CHECK_INTERVAL_MS) / 1000

/** Creates, rotates and deletes the stored signing keys. One key signs; the next one is published already. */
export class SigningKeyRotation {
  private readonly parts: SigningKeyRotationParts

  constructor(parts: SigningKeyRotationParts) {
    this.parts = parts
  }

  /** Creates the first keys, encrypts old private keys under the newest master key, rotates and deletes what is due. */
  async maintain(writer: Writer, when: 'at start' | 'while running'): Promise<void> {
    const { masterKeys, clock, algorithm } = this.parts
    const rows = await lockSigningKeys(writer)
    await this.encryptAgain(writer, rows)
    const current = rows.find((row) => row.state === 'CURRENT')
    if (current === undefined) return this.createFirst(writer)
    const used = rows.filter(({ state }) => state !== 'NEXT')
    await keepPublicKeys(writer, masterKeys, used)
    const due = current.currentFrom !== null && addSeconds(current.currentFrom, ROTATION_INTERVAL) <= clock.now()
    // Only a start changes the algorithm: in a rolling restart, old and new instances would rotate in turns.
    const changed = when === 'at start' && current.algorithm !== algorithm
    if (due || changed) await this.replace(writer, rows, BY_SYSTEM)
    for (const row of rows)
      if (row.publishedUntil !== null && row.publishedUntil <= clock.now()) await deleteSigningKey(writer, row.id)
  }

  /** Makes the next key the one that signs. Returns its id. */
  async rotate(writer: Writer, cause: Cause): Promise<string> {
    return this.replace(writer, await lockSigningKeys(writer), cause)
  }

  private async createFirst(writer: Writer): Promise<void> {
    const first = await this.generate('CURRENT')
    await insertSigningKey(writer, first)
    await insertSigningKey(writer, await this.generate('NEXT'))
    await keepPublicKeys(writer, this.parts.masterKeys, [first])
  }

  private async encryptAgain(writer: Writer, rows: readonly SigningKeyRow[]): Promise<void> {
    const { masterKeys } = this.parts
    for (const { id, privateJwe } of rows)
      if (masterKeys.isOld(privateJwe))
        await updateSigningKey(writer, id, {
          privateJwe: await masterKeys.encrypt(await masterKeys.decrypt(privateJwe)),
        })
  }

  private async replace(writer: Writer, rows: readonly SigningKeyRow[], cause: Cause): Promise<string> {
    const { clock, log, algorithm, masterKeys } = this.parts
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
    await keepPublicKeys(writer, masterKeys, [next])
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
}
