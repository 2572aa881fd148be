import { In, IsNull, LessThan } from 'typeorm'
import type { Actor } from '../audit/audit-event.ts'
import type { PageRequest } from '../kernel/page.ts'
import { KeyEntity, type KeyRow, KeySecretEntity, type KeySecretRow } from '../keys/key.entity.ts'
import { instantText } from '../kernel/instant.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { ExpiryWarningEntity, type ExpiryWarningRow } from './expiry-warning.entity.ts'

/**
 * Due keys, longest overdue first. On PostgreSQL they are locked, and keys that another instance has locked are skipped.
 */
export const takeDueKeys = (writer: Writer, now: Date, limit: number): Promise<KeyRow[]> => {
  const query = writer.manager
    .createQueryBuilder(KeyEntity, 'key')
    .where('key.dueAt <= :now', { now: instantText(now) })
    .orderBy('key.dueAt')
    .limit(limit)
  if (writer.engine === 'postgres') query.setLock('pessimistic_write').setOnLocked('skip_locked')
  return query.getMany()
}

/** The time at which the next key is due; null if there is none. */
export const findNextDue = async (reader: Reader): Promise<Date | null> => {
  const [row] = await reader.query<{ due_at: string | null }>('SELECT MIN(due_at) AS due_at FROM keys')
  return row?.due_at == null ? null : new Date(row.due_at)
}

export const saveSwept = async (writer: Writer, id: string, change: Partial<KeyRow>): Promise<void> => {
  await writer.manager.update(KeyEntity, { id }, change as object)
}

/** The old secrets of the keys' rotations whose overlap has not ended. */
export const listRetiring = (reader: Reader, keyIds: readonly string[]): Promise<KeySecretRow[]> =>
  reader.manager.findBy(KeySecretEntity, { keyId: In([...keyIds]), state: 'RETIRING' })

export const wasWarned = (reader: Reader, keyId: string, expiresAt: Date, threshold: number): Promise<boolean> =>
  reader.manager.existsBy(ExpiryWarningEntity, { keyId, expiresAt, threshold })

export const insertWarnings = async (writer: Writer, rows: readonly ExpiryWarningRow[]): Promise<void> => {
  if (rows.length > 0) await writer.manager.insert(ExpiryWarningEntity, [...rows])
}

export const findWarnings = (reader: Reader, ids: readonly string[]): Promise<ExpiryWarningRow[]> =>
  reader.manager.findBy(ExpiryWarningEntity, { id: In([...ids]) })

/** Acknowledges a warning; false if it was acknowledged before. */
export const acknowledge = async (writer: Writer, id: string, actor: Actor, now: Date): Promise<boolean> =>
  (
    await writer.manager.update(
      ExpiryWarningEntity,
      { id, acknowledgedAt: IsNull() },
      {
        acknowledgedAt: now,
        acknowledgedByKind: actor.kind,
        acknowledgedById: actor.id,
        acknowledgedByName: actor.name,
      },
    )
  ).affected === 1

/** The keys whose warnings a reader sees: all API keys, and the personal access keys of everybody or of one owner. */
export interface WarningScope {
  readonly organizationId: string
  readonly apiKeys: boolean
  readonly personalKeys: 'all' | 'none' | { readonly ownerId: string }
}

/** A page of warnings, newest first, with one more item than its size. */
export const pageOfWarnings = (
  reader: Reader,
  scope: WarningScope,
  acknowledged: boolean | null,
  request: PageRequest,
): Promise<ExpiryWarningRow[]> => {
  const query = reader.manager
    .createQueryBuilder(ExpiryWarningEntity, 'warning')
    .innerJoin(KeyEntity.options.name, 'key', 'key.id = warning.keyId')
    .where('warning.organizationId = :organizationId', { organizationId: scope.organizationId })
    .orderBy('warning.sequence', request.backward ? 'ASC' : 'DESC')
    .limit(request.size + 1)
  const seen: string[] = []
  if (scope.apiKeys) seen.push("key.kind = 'API_KEY'")
  if (scope.personalKeys === 'all') seen.push("key.kind = 'PERSONAL_ACCESS_KEY'")
  else if (scope.personalKeys !== 'none') seen.push('key.ownerId = :ownerId')
  query.andWhere(
    `(${seen.length === 0 ? '1 = 0' : seen.join(' OR ')})`,
    typeof scope.personalKeys === 'object' ? scope.personalKeys : {},
  )
  if (acknowledged !== null) query.andWhere(`warning.acknowledgedAt IS ${acknowledged ? 'NOT ' : ''}NULL`)
  if (request.position !== null)
    query.andWhere(`warning.sequence ${request.backward ? '>' : '<'} :sequence`, { sequence: request.position[0] })
  return query.getMany()
}

/** Whether an earlier warning about the same expiry of a key has not been acknowledged. */
export const hasUnacknowledgedBefore = (
  reader: Reader,
  keyId: string,
  expiresAt: Date,
  sequence: number,
): Promise<boolean> =>
  reader.manager.existsBy(ExpiryWarningEntity, {
    keyId,
    expiresAt,
    sequence: LessThan(sequence),
    acknowledgedAt: IsNull(),
  })
