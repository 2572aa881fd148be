import { createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CompactEncrypt, compactDecrypt } from 'jose'

const FILE = 'master.key'
const BYTES = 32

/** None of the configured master keys encrypted a stored value. */
export class WrongMasterKey extends Error {
  constructor() {
    super('must contain the key that encrypted the database. Put a newer key in front of it')
    this.name = 'WrongMasterKey'
  }
}

/** What a MAC is for. Each purpose has its own derived key, so a MAC is valid for one purpose only. */
export type MacPurpose = 'checkpoint-key' | 'feed-message'

const ID_LENGTH = 16
/** Length of every text that `mac` returns: id, dot, 32 bytes as base64url. */
export const MAC_LENGTH = ID_LENGTH + 1 + 43

const idOf = (key: Uint8Array): string => hash('sha256', key, 'hex').slice(0, ID_LENGTH)

/**
 * Encrypts secret values in the database (JWE, RFC 7516: `dir` with A256GCM). The newest key encrypts and every key decrypts.
 * To change the master key, put the new one first, start, and remove the old one.
 */
export class MasterKeys {
  private readonly newest: { readonly id: string; readonly key: Uint8Array }
  private readonly byId: ReadonlyMap<string, Uint8Array>
  private readonly derived = new Map<string, Buffer>()

  /** @param keys newest first, each of 32 bytes; at least one */
  constructor(keys: readonly Uint8Array[]) {
    const [first] = keys
    if (first === undefined) throw new Error('At least one master key is needed.')
    this.newest = { id: idOf(first), key: first }
    this.byId = new Map(keys.map((key) => [idOf(key), key]))
  }

  encrypt(text: string): Promise<string> {
    return new CompactEncrypt(new TextEncoder().encode(text))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: this.newest.id })
      .encrypt(this.newest.key)
  }

  /** Throws WrongMasterKey if none of the keys encrypted it, another error if it was altered. */
  async decrypt(jwe: string): Promise<string> {
    const { plaintext } = await compactDecrypt(jwe, ({ kid }) => {
      const key = this.byId.get(kid ?? '')
      if (key === undefined) throw new WrongMasterKey()
      return key
    })
    return new TextDecoder().decode(plaintext)
  }

  /**
   * HMAC-SHA-256 of a text as `<id of the master key>.<base64url>`. Its key is derived from the newest master key for the
   * purpose (HKDF, RFC 5869).
   */
  mac(purpose: MacPurpose, text: string): string {
    const { id, key } = this.newest
    return `${id}.${createHmac('sha256', this.derive(purpose, id, key))
      .update(text)
      .digest('base64url')}`
  }

  /** Whether a MAC is valid for the text under one of the master keys. Compares in constant time. */
  verifyMac(purpose: MacPurpose, text: string, mac: string): boolean {
    const id = mac.slice(0, ID_LENGTH)
    const key = this.byId.get(id)
    if (key === undefined || mac.length !== MAC_LENGTH || mac[ID_LENGTH] !== '.') return false
    const expected = createHmac('sha256', this.derive(purpose, id, key))
      .update(text)
      .digest('base64url')
    return timingSafeEqual(Buffer.from(expected), Buffer.from(mac.slice(ID_LENGTH + 1), 'latin1'))
  }

  /** Whether a MAC was made under another key than the newest. */
  isOldMac(mac: string): boolean {
    return !mac.startsWith(`${this.newest.id}.`)
  }

  private derive(purpose: MacPurpose, id: string, key: Uint8Array): Buffer {
    const name = `${id} ${purpose}`
    const known = this.derived.get(name)
    if (known !== undefined) return known
    const made = Buffer.from(hkdfSync('sha256', key, '', `keyturn/${purpose}`, BYTES))
    this.derived.set(name, made)
    return made
  }

  /** Whether a value was encrypted under another key than the newest. */
  isOld(jwe: string): boolean {
    const header = JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString())
    return header.kid !== this.newest.id
  }
}

/** The master key in the data directory. It is created at the first start, readable to its owner only. */
export const masterKeyOfDataDir = (dataDir: string): Uint8Array => {
  const file = join(dataDir, FILE)
  if (!existsSync(file))
    writeFileSync(file, `${randomBytes(BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url')
  if (key.length !== BYTES) throw new Error(`${file} does not contain ${BYTES} bytes in base64url.`)
  return key
}
