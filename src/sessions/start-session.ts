import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import type { SessionToken } from '../access/verification.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { causeOf } from '../audit/caller.ts'
import { sessionStarted } from '../audit/events/access-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { unauthenticated } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { lockKey } from '../keys/keys.store.ts'
import { principalOf } from '../keys/verification/key-facts.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import type { VerifiedSecret } from '../keys/verification/key-verifier.ts'
import { memberPrincipal } from '../memberships/member-principal.ts'
import { findUserByEmail, listMembershipsOf } from '../memberships/members.store.ts'
import type { Database, Reader, Writer } from '../persistence/database.ts'
import { type EndingSession, endSessions } from './end-sessions.ts'
import { lostKeyOf } from './lost-key.ts'
import type { SessionRow, SignInCodeRow } from './session.entity.ts'
import { LONGEST_MS, MAX_SESSIONS } from './session.ts'
import { hashToken, newToken } from './session-text.ts'
import { findSessionByHash, insertSession, listSessionsOf, lockUser } from './sessions.store.ts'
import { takeCode } from './sign-in-codes.store.ts'

export interface StartSessionParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly keyFacts: KeyFactsCache
}

/** The request of a sign-in. */
export interface SignInRequest {
  readonly from: CallOrigin
  /** The session that the browser had, which the new one replaces; null if there was none. */
  readonly replaced: SessionToken | null
}

type Ground = Pick<SessionRow, 'keyId' | 'secretId' | 'keyEpoch'>

/**
 * Starts sessions. A sign-in always makes a new session with a new token, ends the one that the browser had, and ends the
 * oldest where the person has too many. Each method returns the token for the cookie, which is stored nowhere.
 */
export class StartSession {
  private readonly parts: StartSessionParts

  constructor(parts: StartSessionParts) {
    this.parts = parts
  }

  /** Starts a session with a personal access key. Throws UNAUTHENTICATED if the key has ended meanwhile. */
  withKey({ facts, secret }: VerifiedSecret, request: SignInRequest): Promise<string> {
    const { id, tokenEpoch, organizationId } = facts.key
    return this.parts.database.writeFor(organizationId, (writer) =>
      this.ofKey(writer, { keyId: id, secretId: secret.id, keyEpoch: tokenEpoch }, request),
    )
  }

  /** Starts a session with a sign-in code, which is used up. Throws UNAUTHENTICATED if somebody else has just used it. */
  async withCode({ codeHash, keyId, secretId, keyEpoch }: SignInCodeRow, request: SignInRequest): Promise<string> {
    const { database, keyFacts } = this.parts
    const facts = await keyFacts.find(keyId)
    if (facts === null) throw new Error(`A sign-in code names key ${keyId}, which does not exist.`)
    return database.writeFor(facts.key.organizationId, async (writer) => {
      if (!(await takeCode(writer, codeHash)))
        throw unauthenticated('UNKNOWN', 'This link has been used already. Sign in with a personal access key.')
      return this.ofKey(writer, { keyId, secretId, keyEpoch }, request)
    })
  }

  /**
   * Starts a session of the member whose address the identity provider has verified. Throws UNAUTHENTICATED if there is
   * no such member.
   */
  async withEmail(email: string, request: SignInRequest): Promise<string> {
    const { database } = this.parts
    const { organizationId } = await database.read((reader) => requireMember(reader, email))
    return database.writeFor(organizationId, async (writer) =>
      this.insert(writer, await requireMember(writer, email), { keyId: null, secretId: null, keyEpoch: null }, request),
    )
  }

  private async ofKey(
    writer: Writer,
    { keyId, secretId, keyEpoch }: Omit<SignInCodeRow, 'codeHash' | 'expiresAt'>,
    request: SignInRequest,
  ): Promise<string> {
    const { keyFacts, clock } = this.parts
    // Held until the commit: an event that ends the key comes before it or finds the new session.
    await lockKey(writer, keyId)
    const facts = await keyFacts.load(writer, keyId)
    const ground: Ground = { keyId, secretId, keyEpoch }
    const principal = facts === null ? null : principalOf(facts, null)
    if (facts === null || principal === null || lostKeyOf(ground, facts, clock.now()) !== null)
      throw unauthenticated('REVOKED', 'The key has just ended. Sign in with another one.')
    return this.insert(writer, principal, ground, request)
  }

  private async insert(
    writer: Writer,
    { id: userId, name: userName, organizationId, credential }: Principal,
    ground: Ground,
    { from, replaced }: SignInRequest,
  ): Promise<string> {
    const { clock, log } = this.parts
    const now = clock.now()
    const token = newToken()
    const session: SessionRow = {
      id: newId('session'),
      tokenHash: hashToken(token),
      userId,
      organizationId,
      ...ground,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + LONGEST_MS),
      ipAddress: from.ipAddress,
      userAgent: from.userAgent,
    }
    await lockUser(writer, userId)
    await insertSession(writer, session)
    const actor = { kind: 'USER' as const, id: userId, name: userName }
    const cause = { ...causeOf(null, from), actor, credentialId: credential.keyId }
    await log.append(writer, organizationId, cause, sessionStarted({ ...session, userName }, session.expiresAt))
    await endSessions(writer, log, cause, await this.superseded(writer, session, replaced))
    return token
  }

  /** The session that the browser had, and those beyond the largest number, the oldest ones. */
  private async superseded(
    writer: Writer,
    { id, userId }: SessionRow,
    replaced: SessionToken | null,
  ): Promise<EndingSession[]> {
    const old = replaced === null ? null : await findSessionByHash(writer, hashToken(replaced.sessionToken))
    const others = (await listSessionsOf(writer, userId)).filter((one) => one.id !== id && one.id !== old?.id)
    const surplus = others.slice(MAX_SESSIONS - 1).map((session) => ({ session, reason: 'too-many' as const }))
    return old === null ? surplus : [{ session: old, reason: 'replaced' }, ...surplus]
  }
}

/** A person who belongs to an organization, by their address. Throws UNAUTHENTICATED. */
const requireMember = async (reader: Reader, email: string): Promise<Principal> => {
  const user = await findUserByEmail(reader, email)
  const principal = user === null ? null : memberPrincipal(user, await listMembershipsOf(reader, user.id), null)
  if (principal === null)
    throw unauthenticated('UNKNOWN', 'The person who signed in is not a member of any organization on this server.')
  return principal
}
