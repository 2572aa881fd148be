import type { CallOrigin } from '../access/call-origin.ts'
import type { Principal } from '../access/principal.ts'
import {
  ANY_ADDRESS,
  type CallerAddress,
  type CredentialVerifier,
  type Refusal,
  type Verification,
  type VerifiedCredential,
} from '../access/verification.ts'
import { BY_SYSTEM } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { causeOf } from '../audit/caller.ts'
import type { DenialRecorder } from '../audit/denial-recorder.ts'
import { keyAccessDenied } from '../audit/events/access-events.ts'
import type { Clock } from '../kernel/clock.ts'
import type { UnauthenticatedReason } from '../kernel/errors.ts'
import { type KeyFacts, principalOf } from '../keys/verification/key-facts.ts'
import type { KeyFactsCache } from '../keys/verification/key-facts-cache.ts'
import { keyRefusal } from '../keys/verification/key-refusal.ts'
import { mayUseFrom } from '../keys/verification/key-verifier.ts'
import type { UsageRecorder } from '../keys/verification/usage-recorder.ts'
import { memberPrincipal } from '../memberships/member-principal.ts'
import { findUser, listMembershipsOf } from '../memberships/members.store.ts'
import type { Database } from '../persistence/database.ts'
import { endSessions } from './end-sessions.ts'
import { type LostKey, lostKeyOf } from './lost-key.ts'
import type { SessionRow } from './session.entity.ts'
import { endOf, lapseOf, type SessionEnd, USE_INTERVAL_MS } from './session.ts'
import { hashToken, isToken } from './session-text.ts'
import { findSessionByHash, updateLastUse } from './sessions.store.ts'

export interface SessionVerifierParts {
  readonly database: Database
  readonly clock: Clock
  readonly log: AuditLog
  readonly denials: DenialRecorder
  readonly keyFacts: KeyFactsCache
  readonly usage: UsageRecorder
}

export interface VerifiedSession extends VerifiedCredential {
  readonly session: SessionRow
}

export interface SessionRefusal extends Refusal {
  /** The session, if there is one, and why it has ended; null if it has not: only this request was refused. */
  readonly session: SessionRow | null
  readonly end: SessionEnd | null
  /** The key that it was started with, if the refusal is about it. */
  readonly facts: KeyFacts | null
}

const refuse = (
  reason: UnauthenticatedReason,
  message: string,
  about: Partial<Pick<SessionRefusal, 'session' | 'end' | 'facts'>> = {},
): SessionRefusal => ({
  valid: false,
  reason,
  message,
  keyId: null,
  auditReason: 'session',
  session: null,
  end: null,
  facts: null,
  ...about,
})

const LAPSED = {
  expired: 'The session has expired. Sign in again.',
  unused: 'The session has ended because it was not used for 12 hours. Sign in again.',
} as const

/**
 * Verifies console sessions by the token in their cookie. A session has the rights that what it was started with has now:
 * the personal access key, or the person. Nothing about a session is cached, so an ended one is refused at once by every
 * instance; facts of its key come from the cache that secrets and tokens are verified with.
 */
export class SessionVerifier implements CredentialVerifier<VerifiedSession, SessionRefusal> {
  private readonly parts: SessionVerifierParts

  constructor(parts: SessionVerifierParts) {
    this.parts = parts
  }

  async verify(token: string, address: CallerAddress): Promise<Verification<VerifiedSession, SessionRefusal>> {
    if (!isToken(token))
      return refuse('MALFORMED', 'Malformed session cookie. Delete the cookies of this address, and sign in again.')
    const { database, clock } = this.parts
    const session = await database.read((reader) => findSessionByHash(reader, hashToken(token)))
    if (session === null) return refuse('UNKNOWN', 'The session has ended, or is unknown here. Sign in again.')
    const lapse = lapseOf(session, clock.now())
    if (lapse !== null) return refuse('TOKEN_EXPIRED', LAPSED[lapse], { session, end: lapse })
    return session.keyId === null ? this.ofPerson(session) : this.ofKey(session, session.keyId, address)
  }

  async recordUse({ session, principal }: VerifiedSession, address: CallerAddress): Promise<void> {
    const { database, clock, usage } = this.parts
    const { keyId } = principal.credential
    if (keyId !== null) usage.record(keyId, null, address === ANY_ADDRESS ? null : address)
    const now = clock.now()
    if (now.getTime() - session.lastUsedAt.getTime() < USE_INTERVAL_MS) return
    await database.write((writer) => updateLastUse(writer, session.id, now))
  }

  /** Records the end of a session that its time or its key has ended, or the refused address. */
  async recordRefusal({ session, end, facts, auditReason }: SessionRefusal, from: CallOrigin): Promise<boolean> {
    const { database, log, denials } = this.parts
    if (session === null) return false
    if (end !== null) {
      await database.writeFor(session.organizationId, (writer) =>
        endSessions(writer, log, BY_SYSTEM, [{ session, reason: end }]),
      )
      return true
    }
    if (facts !== null)
      await denials.record({
        organizationId: facts.key.organizationId,
        cause: causeOf(null, from),
        draft: keyAccessDenied(facts.key, { reason: auditReason }),
      })
    return true
  }

  private async ofKey(
    session: SessionRow,
    keyId: string,
    address: CallerAddress,
  ): Promise<Verification<VerifiedSession, SessionRefusal>> {
    const { clock, keyFacts } = this.parts
    const facts = await keyFacts.find(keyId)
    if (facts === null) throw new Error(`Session ${session.id} names key ${keyId}, which does not exist.`)
    const lost = lostKeyOf(session, facts, clock.now())
    if (lost !== null) return refuseForKey(lost, session, facts)
    const principal = principalOf(facts, earliest(endOf(session), facts.key.expiresAt, secretEndOf(session, facts)))
    if (principal === null) return refuseForKey({ refusal: 'owner-left', end: 'left-organization' }, session, facts)
    if (!mayUseFrom(facts.key, address)) return { ...refuse('ADDRESS', '', { session, facts }), ...answerOf('address') }
    return { valid: true, verified: { session, principal: asSession(principal, session) } }
  }

  private async ofPerson(session: SessionRow): Promise<Verification<VerifiedSession, SessionRefusal>> {
    const found = await this.parts.database.read(async (reader) => {
      const user = await findUser(reader, session.userId)
      return user === null ? null : { user, memberships: await listMembershipsOf(reader, user.id) }
    })
    const principal = found === null ? null : memberPrincipal(found.user, found.memberships, endOf(session))
    if (principal !== null) return { valid: true, verified: { session, principal: asSession(principal, session) } }
    const message = 'The session has ended: you are not a member of any organization on this server any more.'
    return refuse('REVOKED', message, { session, end: 'left-organization' })
  }
}

const answerOf = (why: LostKey['refusal'] | 'address') => {
  const { reason, message, auditReason } = keyRefusal(why, null)
  return { reason, message, auditReason }
}

const refuseForKey = ({ refusal, end }: LostKey, session: SessionRow, facts: KeyFacts): SessionRefusal => {
  const { reason, message, auditReason } = answerOf(refusal)
  return { ...refuse(reason, message, { session, end, facts }), auditReason }
}

const secretEndOf = ({ secretId }: SessionRow, { secrets }: KeyFacts): Date | null =>
  secrets.find(({ id }) => id === secretId)?.validUntil ?? null

const earliest = (first: Date, ...others: readonly (Date | null)[]): Date =>
  others.reduce<Date>((least, instant) => (instant !== null && instant < least ? instant : least), first)

const asSession = (principal: Principal, { id }: SessionRow): Principal => ({
  ...principal,
  credential: { ...principal.credential, kind: 'SESSION', sessionId: id },
})
