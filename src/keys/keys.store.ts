import { Brackets, In, IsNull, Not, type SelectQueryBuilder } from 'typeorm'
import type { CursorValue, PageRequest } from '../kernel/page.ts'
import type { KeyPolicy } from '../organizations/key-policy.ts'
import { instantText } from '../persistence/columns.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { KeyEntity, type KeyRow, KeySecretEntity, type KeySecretRow } from './key.entity.ts'
import { type KeyKind, type KeyStatus, searchable } from './key.ts'

export interface KeyFilter {
  /** Part of the name, the description or a secret's hint, or a whole id. */
  readonly search?: string | null | undefined
  readonly status?: readonly KeyStatus[] | null | undefined
  readonly projectId?: string | null | undefined
  /** Keys with a role in that module, by name or by `*`. */
  readonly module?: string | null | undefined
  readonly createdById?: string | null | undefined
  readonly createdAfter?: Date | null | undefined
  readonly createdBefore?: Date | null | undefined
  readonly expiringBefore?: Date | null | undefined
  readonly neverExpires?: boolean | null | undefined
  /** Keys whose last use, or creation where they were never used, is before. */
  readonly unusedSince?: Date | null | undefined
  /** Keys whose lifetime the policy would not allow any more, or whose lifetime it would. */
  readonly conformsToPolicy?: boolean | null | undefined
}

/** The part of a policy that a lifetime may fail. */
export type LifetimeRule = Pick<KeyPolicy, 'maximumLifetime' | 'expiryRequired'>

export const KEY_ORDER_FIELDS = ['NAME', 'CREATED_AT', 'EXPIRES_AT', 'LAST_USED_AT'] as const
export type KeyOrderField = (typeof KEY_ORDER_FIELDS)[number]
export interface KeyOrder {
  readonly field: KeyOrderField
  readonly direction: 'ASC' | 'DESC'
}

/** Which keys a list is about. */
export interface KeyScope {
  readonly organizationId: string
  readonly kind?: KeyKind | undefined
  readonly ownerId?: string | undefined
}

export const insertKey = async (writer: Writer, key: KeyRow, secret: KeySecretRow): Promise<void> => {
  // TypeORM's own type of a partial row never ends for a JSON value within a JSON value.
  await writer.manager.insert(KeyEntity, key as object)
  await writer.manager.insert(KeySecretEntity, secret)
}

export const findKey = (reader: Reader, id: string): Promise<KeyRow | null> =>
  reader.manager.findOneBy(KeyEntity, { id })

export const findKeys = (reader: Reader, ids: readonly string[]): Promise<KeyRow[]> =>
  reader.manager.findBy(KeyEntity, { id: In([...ids]) })

/** The key, held until the transaction ends: whoever changes it next waits, and sees what was changed. */
export const lockKey = (writer: Writer, id: string): Promise<KeyRow | null> =>
  writer.lock(writer.manager.createQueryBuilder(KeyEntity, 'key').where({ id })).getOne()

/** Changes facts of a key that is not revoked; false where it is: nothing brings a revoked key back. */
export const updateKey = async (writer: Writer, id: string, change: Partial<KeyRow>): Promise<boolean> =>
  (await writer.manager.update(KeyEntity, { id, revokedAt: IsNull() }, change as object)).affected === 1

/** Frees a name that only keys past their expiry still hold. */
export const releaseExpiredName = async (writer: Writer, nameScope: string, name: string, now: Date): Promise<void> => {
  await writer.query(
    'UPDATE keys SET active_name = NULL WHERE name_scope = ? AND active_name = ? AND expires_at <= ?',
    [nameScope, name, instantText(now)],
  )
}

export const nameTaken = (reader: Reader, nameScope: string, name: string): Promise<boolean> =>
  reader.manager.existsBy(KeyEntity, { nameScope, activeName: name })

export const countActive = (reader: Reader, organizationId: string, now: Date): Promise<number> =>
  whereStatus(keysOf(reader, { organizationId }), ['ACTIVE', 'SUSPENDED'], now).getCount()

export const findSecretByHash = (reader: Reader, hash: string): Promise<KeySecretRow | null> =>
  reader.manager.findOneBy(KeySecretEntity, { hash })

/** The secrets of keys, newest first. */
export const listSecrets = (reader: Reader, keyIds: readonly string[]): Promise<KeySecretRow[]> =>
  reader.manager.find(KeySecretEntity, { where: { keyId: In([...keyIds]) }, order: { createdAt: 'DESC', id: 'DESC' } })

/** The secrets that are not retired for good: at most two. */
export const listLiveSecrets = (reader: Reader, keyId: string): Promise<KeySecretRow[]> =>
  reader.manager.findBy(KeySecretEntity, { keyId, state: Not('RETIRED') })

export const insertSecret = async (writer: Writer, secret: KeySecretRow): Promise<void> => {
  await writer.manager.insert(KeySecretEntity, secret)
}

export const updateSecret = async (writer: Writer, id: string, change: Partial<KeySecretRow>): Promise<void> => {
  await writer.manager.update(KeySecretEntity, { id }, change)
}

/** Begins the end of an overlap that waited for the new secret's first use; false where it had begun. */
export const beginOverlapEnd = async (writer: Writer, secretId: string, validUntil: Date): Promise<boolean> =>
  (
    await writer.manager.update(
      KeySecretEntity,
      { id: secretId, state: 'RETIRING', validUntil: IsNull() },
      { validUntil },
    )
  ).affected === 1

/** Retires every secret of the keys. */
export const retireSecrets = async (writer: Writer, keyIds: readonly string[], now: Date): Promise<void> => {
  await writer.manager.update(
    KeySecretEntity,
    { keyId: In([...keyIds]), state: Not('RETIRED') },
    { state: 'RETIRED', validUntil: now },
  )
}

/** Personal access keys of a person in any of the organizations, those not revoked. */
export const listLivePersonalKeys = (
  reader: Reader,
  ownerId: string,
  organizationIds: readonly string[],
): Promise<KeyRow[]> =>
  reader.manager.find(KeyEntity, {
    where: { ownerId, organizationId: In([...organizationIds]), revokedAt: IsNull() },
    order: { id: 'ASC' },
  })

/** A person's personal access keys, newest first. */
export const listPersonalKeys = (reader: Reader, ownerId: string): Promise<KeyRow[]> =>
  reader.manager.find(KeyEntity, { where: { ownerId }, order: { createdAt: 'DESC', id: 'DESC' } })

/** The active key of a name in an organization, for callers that know keys by name. */
export const findActiveByName = (reader: Reader, nameScope: string, name: string): Promise<KeyRow | null> =>
  reader.manager.findOneBy(KeyEntity, { nameScope, activeName: name })

const keysOf = (reader: Reader, scope: KeyScope): SelectQueryBuilder<KeyRow> => {
  const query = reader.manager.createQueryBuilder(KeyEntity, 'key')
  query.where('key.organizationId = :organizationId', { organizationId: scope.organizationId })
  if (scope.kind !== undefined) query.andWhere('key.kind = :kind', { kind: scope.kind })
  if (scope.ownerId !== undefined) query.andWhere('key.ownerId = :ownerId', { ownerId: scope.ownerId })
  return query
}

const STATUS_CONDITIONS: Readonly<Record<KeyStatus, string>> = {
  REVOKED: 'key.revokedAt IS NOT NULL',
  EXPIRED: 'key.revokedAt IS NULL AND key.expiresAt <= :now',
  SUSPENDED:
    'key.revokedAt IS NULL AND (key.expiresAt IS NULL OR key.expiresAt > :now) AND key.suspendedAt IS NOT NULL',
  ACTIVE: 'key.revokedAt IS NULL AND (key.expiresAt IS NULL OR key.expiresAt > :now) AND key.suspendedAt IS NULL',
}

const whereStatus = (query: SelectQueryBuilder<KeyRow>, statuses: readonly KeyStatus[], now: Date) =>
  query.andWhere(
    new Brackets((any) => {
      any.where('1 = 0')
      for (const status of statuses) any.orWhere(STATUS_CONDITIONS[status], { now: instantText(now) })
    }),
  )

const likeText = (text: string): string => `%${searchable(text).replace(/[\\%_]/g, '\\$&')}%`

/** The keys that a filter finds, as a query to count, page or lock. */
export const filteredKeys = (
  reader: Reader,
  scope: KeyScope,
  filter: KeyFilter,
  now: Date,
  rule: LifetimeRule,
): SelectQueryBuilder<KeyRow> => {
  const query = keysOf(reader, scope)
  if (filter.search != null && filter.search !== '')
    query.andWhere(
      `(key.searchText LIKE :search ESCAPE '\\' OR key.id = :exact
        OR EXISTS (SELECT 1 FROM key_secrets s WHERE s.key_id = key.id AND LOWER(s.hint) LIKE :search ESCAPE '\\'))`,
      { search: likeText(filter.search), exact: filter.search },
    )
  if (filter.status != null) whereStatus(query, filter.status, now)
  if (filter.projectId != null) query.andWhere('key.projectId = :projectId', { projectId: filter.projectId })
  if (filter.module != null) whereHolds(query, scope.organizationId, filter.module)
  if (filter.createdById != null) query.andWhere('key.createdById = :createdById', { createdById: filter.createdById })
  const bound = (condition: string, name: string, instant: Date | null | undefined) => {
    if (instant != null) query.andWhere(condition, { [name]: instantText(instant) })
  }
  bound('key.createdAt > :createdAfter', 'createdAfter', filter.createdAfter)
  bound('key.createdAt < :createdBefore', 'createdBefore', filter.createdBefore)
  bound('key.expiresAt < :expiringBefore', 'expiringBefore', filter.expiringBefore)
  bound('COALESCE(key.lastUsedAt, key.createdAt) < :unusedSince', 'unusedSince', filter.unusedSince)
  if (filter.neverExpires != null) query.andWhere(`key.expiresAt IS ${filter.neverExpires ? '' : 'NOT '}NULL`)
  if (filter.conformsToPolicy != null) whereConforms(query, rule, filter.conformsToPolicy)
  return query
}

/**
 * Keys with a role in a module, by name or by `*`. A personal key has one as far as its owner still holds it, in the
 * organization or in one above.
 */
const whereHolds = (query: SelectQueryBuilder<KeyRow>, organizationId: string, module: string): void => {
  const names = (grants: string) => `(${grants} LIKE :module ESCAPE '\\' OR ${grants} LIKE :everywhere)`
  query.andWhere(
    `(key.grants IS NULL OR ${names('key.grants')}) AND (key.ownerId IS NULL OR EXISTS (
       SELECT 1 FROM members m JOIN organizations o ON o.id = :within
       WHERE m.user_id = key.ownerId AND ${names('m.grants')}
         AND (m.organization_id = o.id OR o.ancestor_ids LIKE '%' || m.organization_id || '%')))`,
    {
      module: `%"module":${JSON.stringify(module).replace(/[\\%_]/g, '\\$&')}%`,
      everywhere: '%"module":"*"%',
      within: organizationId,
    },
  )
}

const whereConforms = (query: SelectQueryBuilder<KeyRow>, rule: LifetimeRule, conforms: boolean): void => {
  const { maximumLifetime, expiryRequired } = rule
  const mustExpire = expiryRequired || maximumLifetime !== null
  const longest = maximumLifetime ?? Number.MAX_SAFE_INTEGER
  query.andWhere(
    conforms
      ? `(key.lifetimeSeconds <= :longest${mustExpire ? '' : ' OR key.lifetimeSeconds IS NULL'})`
      : `(key.lifetimeSeconds > :longest${mustExpire ? ' OR key.lifetimeSeconds IS NULL' : ''})`,
    { longest },
  )
}

/** The keys still in use that a policy would not allow any more, in any of the organizations. */
export const listNonConforming = (
  reader: Reader,
  organizationId: string,
  rule: LifetimeRule,
  now: Date,
  limit: number,
): Promise<[KeyRow[], number]> => {
  const filter: KeyFilter = { status: ['ACTIVE', 'SUSPENDED'], conformsToPolicy: false }
  return filteredKeys(reader, { organizationId }, filter, now, rule).orderBy('key.id').limit(limit).getManyAndCount()
}

/** Has the sweeper look at the organizations' keys now: something that their due instants follow from has changed. */
export const makeDue = async (writer: Writer, organizationIds: readonly string[], now: Date): Promise<void> => {
  await writer.manager.update(
    KeyEntity,
    { organizationId: In([...organizationIds]), revokedAt: IsNull(), expiryRecordedAt: IsNull() },
    { dueAt: now },
  )
}

// A key that never expires comes after all that do, one that was never used before all that were.
const NEVER = '9999-12-31T23:59:59.999Z'
const LONG_AGO = '0000-01-01T00:00:00.000Z'

const sortExpression = (reader: Reader, field: KeyOrderField): string => {
  switch (field) {
    case 'NAME':
      return reader.engine === 'postgres' ? 'key.name COLLATE "C"' : 'key.name'
    case 'CREATED_AT':
      return 'key.createdAt'
    case 'EXPIRES_AT':
      return `COALESCE(key.expiresAt, '${NEVER}')`
    case 'LAST_USED_AT':
      return `COALESCE(key.lastUsedAt, '${LONG_AGO}')`
  }
}

const sortValue = (key: KeyRow, field: KeyOrderField): string => {
  switch (field) {
    case 'NAME':
      return key.name
    case 'CREATED_AT':
      return instantText(key.createdAt)
    case 'EXPIRES_AT':
      return key.expiresAt === null ? NEVER : instantText(key.expiresAt)
    case 'LAST_USED_AT':
      return key.lastUsedAt === null ? LONG_AGO : instantText(key.lastUsedAt)
  }
}

/** What a cursor of a list of keys remembers of a key. */
export const keyPosition = (key: KeyRow, order: KeyOrder): CursorValue[] => [sortValue(key, order.field), key.id]

/** A page of keys in an order, one more than it holds. */
export const pageOfKeys = (
  query: SelectQueryBuilder<KeyRow>,
  reader: Reader,
  order: KeyOrder,
  request: PageRequest,
): Promise<KeyRow[]> => {
  const ascending = (order.direction === 'ASC') !== request.backward
  const direction = ascending ? 'ASC' : 'DESC'
  const expression = sortExpression(reader, order.field)
  // An expression to order by must be selected under a name of its own, or TypeORM takes it for a property path. A bare
  // column must not be, or it is left out of the rows that are made of the result.
  const bare = /^key\.\w+$/.test(expression)
  if (!bare) query.addSelect(expression, 'sort_value')
  query.orderBy(bare ? expression : 'sort_value', direction).addOrderBy('key.id', direction)
  if (request.position !== null) {
    const [value, id] = request.position
    query.andWhere(`(${expression}, key.id) ${ascending ? '>' : '<'} (:sortValue, :sortId)`, {
      sortValue: value,
      sortId: id,
    })
  }
  return query.limit(request.size + 1).getMany()
}
