import { createHmac, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CompactEncrypt, compactDecrypt } from 'jose'

const FILE = 'master.key'
const BYTES = 32

/** None of the keys given is the one that something was encrypted under. */
export class WrongMasterKey extends Error {
  constructor() {
    super(
      'must be the key that the database was encrypted under, or name it behind a newer one; the key given is another',
    )
    this.name = 'WrongMasterKey'
  }
}

/** What MACs are made for. Each purpose has its own key, so that one's MACs are worth nothing for another. */
export type MacPurpose = 'checkpoint-key' | 'feed-message'

const ID_LENGTH = 16
/** Length of every text that `mac` returns: id, dot, 32 bytes as base64url. */
export const MAC_LENGTH = ID_LENGTH + 1 + 43

const idOf = (key: Uint8Array): string => hash('sha256', key, 'hex').slice(0, ID_LENGTH)

/**
 * Encrypts what must not lie open in the database (JWE, RFC 7516: `dir` with A256GCM). The newest key encrypts; all of
 * them decrypt, so that the master key can be changed: put the new one first, start, and take the old one away.
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

  /** Throws WrongMasterKey where none of the keys is the one that encrypted it, another error where it was altered. */
  async decrypt(jwe: string): Promise<string> {
    const { plaintext } = await compactDecrypt(jwe, ({ kid }) => {
      const key = this.byId.get(kid ?? '')
      if (key === undefined) throw new WrongMasterKey()
      return key
    })
    return new TextDecoder().decode(plaintext)
  }

  /**
   * HMAC-SHA-256 of a text under a key that is derived from the newest master key for this purpose alone (HKDF, RFC
   * 5869), as `<id of the master key>.<base64url>`.
   */
  mac(purpose: MacPurpose, text: string): string {
    const { id, key } = this.newest
    return `${id}.${createHmac('sha256', this.derive(purpose, id, key))
      .update(text)
      .digest('base64url')}`
  }

  /** Whether `mac` is what `mac()` gives for the text under one of the master keys. Takes the same time for all wrong ones. */
  verifyMac(purpose: MacPurpose, text: string, mac: string): boolean {
    const id = mac.slice(0, ID_LENGTH)
    const key = this.byId.get(id)
    if (key === undefined || mac.length !== MAC_LENGTH || mac[ID_LENGTH] !== '.') return false
    const expected = createHmac('sha256', this.derive(purpose, id, key))
      .update(text)
      .digest('base64url')
    return timingSafeEqual(Buffer.from(expected), Buffer.from(mac.slice(ID_LENGTH + 1), 'latin1'))
  }

  /** Whether a MAC was made under an older key than the newest. */
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

  /** Whether it was encrypted under an older key than the newest. */
  isOld(jwe: string): boolean {
    const header = JSON.parse(Buffer.from(jwe.split('.')[0] ?? '', 'base64url').toString())
    return header.kid !== this.newest.id
  }
}

/** The master key of the embedded default: made in the data directory at the first start, readable to its owner alone. */
export const masterKeyOfDataDir = (dataDir: string): Uint8Array => {
  const file = join(dataDir, FILE)
  if (!existsSync(file))
    writeFileSync(file, `${randomBytes(BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url')
  if (key.length !== BYTES) throw new Error(`${file} does not hold ${BYTES} bytes as base64url.`)
  return key
}
