import type { CallOrigin } from '../access/call-origin.ts'
import { BY_SYSTEM } from '../audit/audit-event.ts'
import { keyLeaked } from '../audit/events/key-events.ts'
import { hashSecret, parseSecret } from '../kernel/secret-text.ts'
import { findSecretsByHashes } from '../keys/key-secrets.store.ts'
import type { Database } from '../persistence/database.ts'
import type { RevokeToken } from '../tokens/revoke-token.ts'
import { type Find, placeOf } from './find.ts'
import type { LeakedSecrets } from './leaked-secrets.ts'

export interface LeakReportsParts {
  /** First part of each secret of this service. */
  readonly prefix: string
  readonly database: Database
  readonly secrets: LeakedSecrets
  readonly revokeToken: RevokeToken
}

/** Access tokens of a report whose signatures are verified. They are short-lived, and a signature takes time. */
const MOST_TOKENS = 500
const JWT_SHAPE = /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/

/** Takes reports of texts that were found in public places. */
export class LeakReports {
  private readonly parts: LeakReportsParts

  constructor(parts: LeakReportsParts) {
    this.parts = parts
  }

  /**
   * Handles every find that is a secret or an access token of this service, and returns for each find whether it is. Other
   * texts change nothing and are stored nowhere.
   */
  async take(reportedBy: string, finds: readonly Find[], origin: CallOrigin): Promise<boolean[]> {
    const { requestId, ipAddress, userAgent } = origin
    const cause = { ...BY_SYSTEM, requestId, ipAddress, userAgent }
    const { prefix, database, secrets, revokeToken } = this.parts
    const hashes = finds.map(({ text }) => (parseSecret(prefix, text) === null ? null : hashSecret(text)))
    const wanted = [...new Set(hashes.filter((hash) => hash !== null))]
    const rows = wanted.length === 0 ? [] : await database.read((reader) => findSecretsByHashes(reader, wanted))
    const byHash = new Map(rows.map((row) => [row.hash, row]))
    const isOurs = hashes.map((hash) => hash !== null && byHash.has(hash))
    const leaked = finds.flatMap((find, index) => {
      const row = byHash.get(hashes[index] ?? '')
      return row === undefined ? [] : [{ keyId: row.keyId, secretId: row.id, find }]
    })
    await secrets.handle(leaked, reportedBy, cause)
    const tokens = finds.flatMap((find, index) => (JWT_SHAPE.test(find.text) ? [{ find, index }] : []))
    for (const { find, index } of tokens.slice(0, MOST_TOKENS))
      isOurs[index] = await revokeToken.revokeToken(find.text, cause, (key, tokenId) =>
        keyLeaked(key, { reportedBy, ...placeOf(find), tokenId }),
      )
    return isOurs
  }
}
