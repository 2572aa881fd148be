import { Brackets, type SelectQueryBuilder } from 'typeorm'
import { ROLES, type Role } from '../kernel/grants.ts'
import type { CursorValue, PageRequest } from '../kernel/page.ts'
import { instantText } from '../persistence/columns.ts'
import type { Reader } from '../persistence/database.ts'
import type { KeyPolicy } from '../policies/key-policy.ts'
import { KeyEntity, type KeyRow } from './key.entity.ts'
import { type KeyKind, type KeyStatus, searchable } from './key.ts'

export interface KeyFilter {
  /** Part of the name, the description or a secret's hint, or a whole id. */
  readonly search?: string | null | undefined
  /** Also the keys of the organizations below. */
  readonly includeSuborganizations?: boolean | null | undefined
  /** Only these keys. */
  readonly ids?: readonly string[] | null | undefined
  readonly status?: readonly KeyStatus[] | null | undefined
  readonly projectId?: string | null | undefined
  /** Keys with a role in that module, by name or by `*`; of personal keys, as far as the owner still holds it. */
  readonly module?: string | null | undefined
  /** Keys with at least that role, in `module` or in all modules where none is named. */
  readonly role?: Role | null | undefined
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

/** The rule of some organizations. */
export interface ScopedRule {
  readonly organizationIds: readonly string[]
  readonly rule: LifetimeRule
}

export const KEY_ORDER_FIELDS = ['NAME', 'CREATED_AT', 'EXPIRES_AT', 'LAST_USED_AT'] as const

export type KeyOrderField = (typeof KEY_ORDER_FIELDS)[number]

export interface KeyOrder {
  readonly field: KeyOrderField
  readonly direction: 'ASC' | 'DESC'
}

/** Which keys a list is about. */
export interface KeyScope {
  /** The organizations whose keys are listed: one, or one with all below it. */
  readonly organizationIds: readonly string[]
  readonly kind?: KeyKind | undefined
  /** The first organization and those above it, whose members' grants hold in all of them. */
  readonly path: readonly string[]
  /** The lifetime rules of the organizations; needed where a filter asks for conformity alone. */
  readonly rules: readonly ScopedRule[]
}

/** Active and suspended keys of all the organizations together. */
export const countActive = (reader: Reader, organizationIds: readonly string[], now: Date): Promise<number> => {
  const query = reader.manager
    .createQueryBuilder(KeyEntity, 'key')
    .where('key.organizationId IN (:...organizationIds)', { organizationIds })
  return whereStatus(query, ['ACTIVE', 'SUSPENDED'], now).getCount()
}

/** Ids of active and suspended API keys that a person created in any of the organizations, oldest first. */
export const listApiKeysCreatedBy = async (
  reader: Reader,
  userId: string,
  organizationIds: readonly string[],
  now: Date,
  limit: number,
): Promise<string[]> => {
  const query = reader.manager
    .createQueryBuilder(KeyEntity, 'key')
    .select(['key.id'])
    .where('key.organizationId IN (:...organizationIds)', { organizationIds })
    .andWhere('key.kind = :kind AND key.createdById = :userId', { kind: 'API_KEY', userId })
  const keys = await whereStatus(query, ['ACTIVE', 'SUSPENDED'], now)
    .orderBy('key.createdAt')
    .addOrderBy('key.id')
    .limit(limit)
    .getMany()
  return keys.map((key) => key.id)
}

const keysOf = (reader: Reader, scope: KeyScope): SelectQueryBuilder<KeyRow> => {
  const query = reader.manager.createQueryBuilder(KeyEntity, 'key')
  const [only, ...more] = scope.organizationIds
  // By one organization alone, an index gives the keys in the order of the list.
  if (more.length === 0) query.where('key.organizationId = :organizationId', { organizationId: only })
  else query.where('key.organizationId IN (:...organizationIds)', { organizationIds: scope.organizationIds })
  if (scope.kind !== undefined) query.andWhere('key.kind = :kind', { kind: scope.kind })
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

/** A LIKE pattern for rows that contain the text, each of its characters taken as it is. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** The keys that a filter finds, as a query to count, page or lock. */
export const filteredKeys = (
  reader: Reader,
  scope: KeyScope,
  filter: KeyFilter,
  now: Date,
): SelectQueryBuilder<KeyRow> => {
  const query = keysOf(reader, scope)
  if (filter.search != null && filter.search !== '')
    query.andWhere(
      `(key.searchText LIKE :search ESCAPE '\\' OR key.id = :exact
        OR EXISTS (SELECT 1 FROM key_secrets s WHERE s.key_id = key.id AND LOWER(s.hint) LIKE :search ESCAPE '\\'))`,
      { search: containing(searchable(filter.search)), exact: filter.search },
    )
  if (filter.ids != null) query.andWhere(filter.ids.length === 0 ? '1 = 0' : 'key.id IN (:...ids)', { ids: filter.ids })
  if (filter.status != null) whereStatus(query, [...new Set(filter.status)], now)
  if (filter.projectId != null) query.andWhere('key.projectId = :projectId', { projectId: filter.projectId })
  if (filter.module != null || filter.role != null)
    whereGranted(query, scope, filter.module ?? '*', filter.role ?? 'VIEWER')
  if (filter.createdById != null) query.andWhere('key.createdById = :createdById', { createdById: filter.createdById })
  const bound = (condition: string, name: string, instant: Date | null | undefined) => {
    if (instant != null) query.andWhere(condition, { [name]: instantText(instant) })
  }
  bound('key.createdAt > :createdAfter', 'createdAfter', filter.createdAfter)
  bound('key.createdAt < :createdBefore', 'createdBefore', filter.createdBefore)
  bound('key.expiresAt < :expiringBefore', 'expiringBefore', filter.expiringBefore)
  bound('COALESCE(key.lastUsedAt, key.createdAt) < :unusedSince', 'unusedSince', filter.unusedSince)
  if (filter.neverExpires != null) query.andWhere(`key.expiresAt IS ${filter.neverExpires ? '' : 'NOT '}NULL`)
  if (filter.conformsToPolicy != null) whereConforms(query, scope.rules, filter.conformsToPolicy)
  return query
}

/** A membership in the key's organization or in one above it. */
const BETWEEN = `EXISTS (SELECT 1 FROM organizations o WHERE o.id = key.organization_id
  AND (o.id = m.organization_id OR o.ancestor_ids LIKE '%' || m.organization_id || '%'))`

/**
 * Keys that carry at least the role in the module. Grants are kept as JSON in one fixed form, so that a grant is a text in
 * it; a personal key's own grants, where it has any, and those of its owner must both say so.
 */
const whereGranted = (query: SelectQueryBuilder<KeyRow>, scope: KeyScope, module: string, role: Role): void => {
  const { path, organizationIds } = scope
  const texts = ROLES.slice(ROLES.indexOf(role)).flatMap((enough) =>
    [...new Set([module, '*'])].map((name) => containing(JSON.stringify({ module: name, role: enough }))),
  )
  const parameters = Object.fromEntries(texts.map((text, index) => [`grant${index}`, text]))
  const any = (column: string) =>
    `(${texts.map((_, index) => `${column} LIKE :grant${index} ESCAPE '\\'`).join(' OR ')})`
  const ownerHolds = `EXISTS (SELECT 1 FROM members m WHERE m.user_id = key.owner_id
    AND (m.organization_id IN (:...path)${organizationIds.length > 1 ? ` OR ${BETWEEN}` : ''}) AND ${any('m.grants')})`
  query.andWhere(
    `((key.ownerId IS NULL AND ${any('key.grants')})
      OR (key.ownerId IS NOT NULL AND (key.grants IS NULL OR ${any('key.grants')}) AND ${ownerHolds}))`,
    { ...parameters, path: path.length === 0 ? [''] : path },
  )
}

const whereConforms = (query: SelectQueryBuilder<KeyRow>, rules: readonly ScopedRule[], conforms: boolean): void => {
  query.andWhere(
    new Brackets((any) => {
      any.where('1 = 0')
      rules.forEach(({ organizationIds, rule: { maximumLifetime, expiryRequired } }, index) => {
        const mustExpire = expiryRequired || maximumLifetime !== null
        const lifetime = conforms
          ? `key.lifetimeSeconds <= :longest${index}${mustExpire ? '' : ' OR key.lifetimeSeconds IS NULL'}`
          : `key.lifetimeSeconds > :longest${index}${mustExpire ? ' OR key.lifetimeSeconds IS NULL' : ''}`
        any.orWhere(`(key.organizationId IN (:...ruled${index}) AND (${lifetime}))`, {
          [`longest${index}`]: maximumLifetime ?? Number.MAX_SAFE_INTEGER,
          [`ruled${index}`]: organizationIds,
        })
      })
    }),
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
  const organizationIds = [organizationId]
  return filteredKeys(reader, { organizationIds, path: [], rules: [{ organizationIds, rule }] }, filter, now)
    .orderBy('key.id')
    .limit(limit)
    .getManyAndCount()
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
  // An expression to order by must be selected under a name of its own, or TypeORM takes it for a property path; a property
  // that is must not be, or it is missing from the row.
  const isProperty = /^key\.\w+$/.test(expression)
  if (!isProperty) query.addSelect(expression, 'sort_value')
  query.orderBy(isProperty ? expression : 'sort_value', direction).addOrderBy('key.id', direction)
  if (request.position !== null) {
    const [value, id] = request.position
    query.andWhere(`(${expression}, key.id) ${ascending ? '>' : '<'} (:sortValue, :sortId)`, {
      sortValue: value,
      sortId: id,
    })
  }
  return query.limit(request.size + 1).getMany()
}
