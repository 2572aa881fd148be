import { BoundedMap } from './bounded-map.ts'

/** An event of the revocation feed. */
export interface Revocation {
  readonly sequence: number
  readonly keyId: string
  readonly tokenId?: string | null
  readonly revokedAt: string
}

/** What a verifier knows of a token's end. `unclear`: only the server can tell. */
export type Standing = 'valid' | 'revoked' | 'unclear'

interface Ended {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly version: number
}

/** No policy gives tokens more (docs/oauth.md): what was revoked longer ago has expired. */
const LONGEST_TOKEN_LIFETIME_MS = 24 * 3_600_000
const CLOCK_SKEW_MS = 3_600_000
const MOST = 200_000

/** The revocations that still matter. What does not fit makes older tokens `unclear`, never valid. */
export class Revocations {
  private readonly tokens: BoundedMap<string, Ended>
  private readonly keys: BoundedMap<string, Ended>
  private newest = 0
  /** Tokens issued until then may have been ended by what was dropped. */
  private unclearUntil = Number.NEGATIVE_INFINITY
  private droppedVersion = 0

  constructor(limit: number = MOST) {
    const dropped = (_: string, { at, version }: Ended) => {
      this.unclearUntil = Math.max(this.unclearUntil, at)
      this.droppedVersion = Math.max(this.droppedVersion, version)
    }
    this.tokens = new BoundedMap(limit, dropped)
    this.keys = new BoundedMap(limit, dropped)
  }

  /** Grows with every revocation. */
  get version(): number {
    return this.newest
  }

  apply({ keyId, tokenId, revokedAt }: Revocation, now: number): void {
    this.newest += 1
    const at = Date.parse(revokedAt)
    if (tokenId != null) this.tokens.set(tokenId, { at, version: this.newest })
    // The end of one token says nothing about its key.
    else this.keys.set(keyId, { at: Math.max(at, this.keys.get(keyId)?.at ?? at), version: this.newest })
    const isOver = (ended: Ended) => ended.at + LONGEST_TOKEN_LIFETIME_MS + CLOCK_SKEW_MS < now
    this.tokens.dropOldest(isOver)
    this.keys.dropOldest(isOver)
  }

  /** @param issuedAt `iat`: whole seconds, so a token may have been issued up to a second later */
  standingOf(tokenId: string, keyId: string, issuedAt: number): Standing {
    if (this.tokens.get(tokenId) !== undefined) return 'revoked'
    const issued = issuedAt * 1000
    const ended = this.keys.get(keyId)
    if (ended !== undefined && issued + 999 < ended.at) return 'revoked'
    return (ended !== undefined && issued <= ended.at) || issued <= this.unclearUntil ? 'unclear' : 'valid'
  }

  /** Whether something about a key was announced since a version. */
  hasChanged(keyId: string, since: number): boolean {
    return (this.keys.get(keyId)?.version ?? 0) > since || this.droppedVersion > since
  }
}
