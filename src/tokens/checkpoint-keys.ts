import { calculateJwkThumbprint, importJWK, type JWK } from 'jose'
import type { Clock } from '../kernel/clock.ts'
import type { Database, Writer } from '../persistence/database.ts'
import type { CheckpointKeyRow } from './checkpoint.entity.ts'
import { findCheckpointKey, insertCheckpointKey, listCheckpointKeys, updateEndorsement } from './checkpoints.store.ts'
import type { MasterKeys } from './master-keys.ts'
import type { SigningKeyRow } from './signing-key.entity.ts'

type VerificationKey = Awaited<ReturnType<typeof importJWK>>

/** How long the key set is cached: anybody may request it, and it changes a few times a year. */
const CACHE_MS = 10_000

const endorsed = ({ id, algorithm, publicJwk }: Omit<CheckpointKeyRow, 'endorsement' | 'createdAt'>): string =>
  `${id}\n${algorithm}\n${publicJwk}`

/**
 * Stores the public keys of signing keys permanently, each with a MAC under the newest master key. The public key is derived
 * from the private one, which is encrypted under the master key: access to the database alone cannot replace it.
 */
export const keepPublicKeys = async (
  writer: Writer,
  masterKeys: MasterKeys,
  signingKeys: readonly Pick<SigningKeyRow, 'id' | 'algorithm' | 'privateJwe' | 'createdAt'>[],
): Promise<void> => {
  const kept = await listCheckpointKeys(writer)
  for (const row of kept)
    if (masterKeys.isOldMac(row.endorsement) && masterKeys.verifyMac('checkpoint-key', endorsed(row), row.endorsement))
      await updateEndorsement(writer, row.id, masterKeys.mac('checkpoint-key', endorsed(row)))
  const ids = new Set(kept.map(({ id }) => id))
  for (const { id, algorithm, privateJwe, createdAt } of signingKeys) {
    if (ids.has(id)) continue
    const publicPart = publicPartOf(JSON.parse(await masterKeys.decrypt(privateJwe)))
    if ((await calculateJwkThumbprint(publicPart)) !== id) continue
    const row = {
      id,
      algorithm,
      publicJwk: JSON.stringify({ ...publicPart, kid: id, alg: algorithm, use: 'sig' }),
      createdAt,
    }
    await insertCheckpointKey(writer, { ...row, endorsement: masterKeys.mac('checkpoint-key', endorsed(row)) })
  }
}

/** The public members of a private JWK (RFC 7518 section 6, RFC 8037). */
const publicPartOf = (jwk: JWK): JWK => {
  switch (jwk.kty) {
    case 'EC':
      return { kty: 'EC', crv: jwk.crv, x: jwk.x, y: jwk.y } as JWK
    case 'OKP':
      return { kty: 'OKP', crv: jwk.crv, x: jwk.x } as JWK
    case 'RSA':
      return { kty: 'RSA', n: jwk.n, e: jwk.e } as JWK
    default:
      throw new Error(`A signing key of type ${jwk.kty} has no known public part.`)
  }
}

/** The public keys that verify checkpoints, those of deleted signing keys included. */
export class CheckpointKeys {
  private readonly database: Database
  private readonly clock: Clock
  private readonly masterKeys: MasterKeys
  private cached: { readonly at: number; readonly keys: Promise<JWK[]> } | null = null

  constructor(database: Database, clock: Clock, masterKeys: MasterKeys) {
    this.database = database
    this.clock = clock
    this.masterKeys = masterKeys
  }

  /** The JSON Web Key Set (RFC 7517), at most ten seconds old. Keys without a valid MAC are left out. */
  async keySet(): Promise<{ readonly keys: readonly JWK[] }> {
    const now = this.clock.now().getTime()
    if (this.cached === null || Math.abs(now - this.cached.at) >= CACHE_MS) {
      const cached = { at: now, keys: this.load() }
      this.cached = cached
      cached.keys.catch(() => {
        if (this.cached === cached) this.cached = null
      })
    }
    return { keys: await this.cached.keys }
  }

  /** The public key of a `kid` and its algorithm; null if it is unknown or was altered in the database. */
  async find(id: string): Promise<{ readonly algorithm: string; readonly key: VerificationKey } | null> {
    const row = await this.database.read((reader) => findCheckpointKey(reader, id))
    if (row === null || !this.isEndorsed(row)) return null
    return { algorithm: row.algorithm, key: await importJWK(JSON.parse(row.publicJwk), row.algorithm) }
  }

  private async load(): Promise<JWK[]> {
    const rows = await this.database.read(listCheckpointKeys)
    return rows.filter((row) => this.isEndorsed(row)).map((row) => JSON.parse(row.publicJwk))
  }

  private isEndorsed(row: CheckpointKeyRow): boolean {
    return this.masterKeys.verifyMac('checkpoint-key', endorsed(row), row.endorsement)
  }
}
