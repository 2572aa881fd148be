import { Brackets, type SelectQueryBuilder } from 'typeorm'
import { ROLES, type Role } from '../kernel/grants.ts'
import { instantText } from '../kernel/instant.ts'
import type { Reader } from '../persistence/database.ts'
import { KeyEntity, type KeyRow } from './key.entity.ts'
import { type KeyStatus, searchable } from './key.ts'
import type { KeyFilter, KeyScope, ScopedRule } from './key-filter.ts'

/** What a query of keys is about: all keys of the scope, or those of the row `branch` that surrounds it. */
type Part = 'scope' | 'branch'

const keysOf = (reader: Reader, scope: KeyScope, part: Part): SelectQueryBuilder<KeyRow> => {
  const query = reader.manager.createQueryBuilder(KeyEntity, 'key')
  const [only, ...more] = scope.organizationIds
  if (part === 'branch')
    return query.where('key.organizationId = "branch"."organization" AND key.kind = "branch"."kind"')
  // With a single organization an index returns the keys in the order of the list.
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

/** Restricts a query to keys with one of the statuses. */
export const whereStatus = (query: SelectQueryBuilder<KeyRow>, statuses: readonly KeyStatus[], now: Date) =>
  query.andWhere(
    new Brackets((any) => {
      any.where('1 = 0')
      for (const status of statuses) any.orWhere(STATUS_CONDITIONS[status], { now: instantText(now) })
    }),
  )

/** A LIKE pattern for rows that contain the text, with its special characters escaped. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** The keys that a filter selects, as a query to count, page or lock. */
export const filteredKeys = (
  reader: Reader,
  scope: KeyScope,
  filter: KeyFilter,
  now: Date,
  part: Part = 'scope',
): SelectQueryBuilder<KeyRow> => {
  const query = keysOf(reader, scope, part)
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

/** A membership in the organization of the key or in one of its ancestors. */
const BETWEEN = `EXISTS (SELECT 1 FROM organizations o WHERE o.id = key.organization_id
  AND (o.id = m.organization_id OR o.ancestor_ids LIKE '%' || m.organization_id || '%'))`

/**
 * Keys with at least the role in the module. Grants are stored as JSON in one fixed form, so a grant is a substring of it.
 * For a personal key, both its own grants, if it has any, and those of its owner must contain the role.
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
