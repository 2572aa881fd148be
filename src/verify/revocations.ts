import { BoundedMap } from './bounded-map.ts'

/** An event of the revocation feed. */
export interface Revocation {
  readonly sequence: number
  readonly keyId: string
  readonly tokenId?: string | null
  readonly revokedAt: string
}

/** Whether a token was revoked, as far as the verifier knows. `unclear`: only the server can decide. */
export type Standing = 'valid' | 'revoked' | 'unclear'

interface Ended {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly version: number
}

/** Longest token lifetime of a policy (docs/oauth.md). Tokens that were revoked earlier have expired. */
const LONGEST_TOKEN_LIFETIME_MS = 24 * 3_600_000
const CLOCK_SKEW_MS = 3_600_000
const MOST = 200_000

/** A bounded set of current revocations. Revocations that do not fit make older tokens `unclear`, never valid. */
export class Revocations {
  private readonly tokens: BoundedMap<string, Ended>
  private readonly keys: BoundedMap<string, Ended>
  private newest = 0
  /** Tokens issued before this time may have been revoked by a dropped revocation. */
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

  /** Increases with every revocation. */
  get version(): number {
    return this.newest
  }

  apply({ keyId, tokenId, revokedAt }: Revocation, now: number): void {
    this.newest += 1
    const at = Date.parse(revokedAt)
    if (tokenId != null) this.tokens.set(tokenId, { at, version: this.newest })
    // The revocation of one token does not concern its key.
    else this.keys.set(keyId, { at: Math.max(at, this.keys.get(keyId)?.at ?? at), version: this.newest })
    const isOver = (ended: Ended) => ended.at + LONGEST_TOKEN_LIFETIME_MS + CLOCK_SKEW_MS < now
    this.tokens.dropOldest(isOver)
    this.keys.dropOldest(isOver)
  }

  /** @param issuedAt `iat` in whole seconds, so the token may have been issued up to a second later */
  standingOf(tokenId: string, keyId: string, issuedAt: number): Standing {
    if (this.tokens.get(tokenId) !== undefined) return 'revoked'
    const issued = issuedAt * 1000
    const ended = this.keys.get(keyId)
    if (ended !== undefined && issued + 999 < ended.at) return 'revoked'
    return (ended !== undefined && issued <= ended.at) || issued <= this.unclearUntil ? 'unclear' : 'valid'
  }

  /** Whether a revocation about the key was announced after a version. */
  hasChanged(keyId: string, since: number): boolean {
    return (this.keys.get(keyId)?.version ?? 0) > since || this.droppedVersion > since
  }
}
