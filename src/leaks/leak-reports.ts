import type { CallOrigin } from '../access/call-origin.ts'
import { BY_SYSTEM } from '../audit/audit-event.ts'
import { keyLeaked } from '../audit/events/key-events.ts'
import type { Database } from '../persistence/database.ts'
import type { RevokeToken } from '../tokens/revoke-token.ts'
import { type Find, placeOf } from './find.ts'
import { type FoundCredential, findCredentials } from './found-credentials.ts'
import type { LeakedSecrets } from './leaked-secrets.ts'
import type { LeakedTokens } from './leaked-tokens.ts'

export interface LeakReportsParts {
  /** First part of each secret of this service. */
  readonly prefix: string
  readonly database: Database
  readonly secrets: LeakedSecrets
  readonly tokens: LeakedTokens
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
   * Handles every find that is a credential of this service, and returns for each find whether it is. Other texts change
   * nothing and are stored nowhere.
   */
  async take(reportedBy: string, finds: readonly Find[], origin: CallOrigin): Promise<boolean[]> {
    const { requestId, ipAddress, userAgent } = origin
    const cause = { ...BY_SYSTEM, requestId, ipAddress, userAgent }
    const { prefix, database, secrets, tokens, revokeToken } = this.parts
    const found = await database.read((reader) => findCredentials(reader, prefix, finds))
    const isOurs = found.map((one) => one !== null)
    await secrets.handle(ofKind(found, 'secret'), reportedBy, cause)
    await tokens.revokeInvitations(ofKind(found, 'invitation'), reportedBy, cause)
    await tokens.endSessions(ofKind(found, 'session'), reportedBy, cause)
    const signed = finds.flatMap((find, index) => (JWT_SHAPE.test(find.text) ? [{ find, index }] : []))
    for (const { find, index } of signed.slice(0, MOST_TOKENS))
      isOurs[index] = await revokeToken.revokeToken(find.text, cause, (key, tokenId) =>
        keyLeaked(key, { reportedBy, ...placeOf(find), tokenId }),
      )
    return isOurs
  }
}

const ofKind = <Kind extends FoundCredential['kind']>(
  found: readonly (FoundCredential | null)[],
  kind: Kind,
): Extract<FoundCredential, { kind: Kind }>[] =>
  found.filter((one): one is Extract<FoundCredential, { kind: Kind }> => one?.kind === kind)
