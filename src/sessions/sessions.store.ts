import { In, LessThanOrEqual } from 'typeorm'
import { anyOf } from '../persistence/any-of.ts'
import { instantText } from '../kernel/instant.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { SessionEntity, type SessionRow } from './session.entity.ts'
import { UNUSED_MS } from './session.ts'

export const insertSession = async (writer: Writer, row: SessionRow): Promise<void> => {
  await writer.manager.insert(SessionEntity, row)
}

export const findSession = (reader: Reader, id: string): Promise<SessionRow | null> =>
  reader.manager.findOneBy(SessionEntity, { id })

export const findSessions = (reader: Reader, ids: readonly string[]): Promise<SessionRow[]> =>
  reader.manager.findBy(SessionEntity, { id: In([...ids]) })

export const findSessionByHash = (reader: Reader, tokenHash: string): Promise<SessionRow | null> =>
  reader.manager.findOneBy(SessionEntity, { tokenHash })

/** The sessions with any of the token hashes: one query. */
export const findSessionsByHashes = async (reader: Reader, hashes: readonly string[]): Promise<SessionRow[]> => {
  if (hashes.length === 0) return []
  const { condition, parameter } = anyOf(reader, hashes)
  const rows = await reader.query<{ id: string }>(`SELECT id FROM console_sessions WHERE token_hash ${condition}`, [
    parameter,
  ])
  return rows.length === 0
    ? []
    : findSessions(
        reader,
        rows.map(({ id }) => id),
      )
}

/** The sessions of a person, newest first. */
export const listSessionsOf = (reader: Reader, userId: string): Promise<SessionRow[]> =>
  reader.manager.find(SessionEntity, { where: { userId }, order: { createdAt: 'DESC', id: 'DESC' } })

const MAX_IDS = 500

/** The sessions that were started with any of the keys. */
export const listSessionsOfKeys = async (reader: Reader, keyIds: readonly string[]): Promise<SessionRow[]> => {
  const found: SessionRow[] = []
  for (let start = 0; start < keyIds.length; start += MAX_IDS)
    found.push(...(await reader.manager.findBy(SessionEntity, { keyId: In(keyIds.slice(start, start + MAX_IDS)) })))
  return found
}

/** Sessions whose time is over, the oldest first. */
export const listLapsedSessions = (reader: Reader, now: Date, limit: number): Promise<SessionRow[]> =>
  reader.manager.find(SessionEntity, {
    where: [{ expiresAt: LessThanOrEqual(now) }, { lastUsedAt: LessThanOrEqual(new Date(now.getTime() - UNUSED_MS)) }],
    order: { createdAt: 'ASC', id: 'ASC' },
    take: limit,
  })

/** Deletes a session; false if it no longer exists. Whoever deletes it writes its event. */
export const deleteSession = async (writer: Writer, id: string): Promise<boolean> =>
  (await writer.manager.delete(SessionEntity, { id })).affected === 1

/** Stores a use, unless a later one is stored. */
export const updateLastUse = async (writer: Writer, id: string, now: Date): Promise<void> => {
  await writer.query('UPDATE console_sessions SET last_used_at = ? WHERE id = ? AND last_used_at < ?', [
    instantText(now),
    id,
    instantText(now),
  ])
}

/** Holds a person until the transaction ends, so that their sessions are counted by one sign-in at a time. */
export const lockUser = async (writer: Writer, id: string): Promise<void> => {
  if (writer.engine === 'postgres') await writer.query('SELECT id FROM users WHERE id = ? FOR UPDATE', [id])
}
