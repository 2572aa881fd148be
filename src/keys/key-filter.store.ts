import { ROLES, type Role } from '../kernel/grants.ts'
import { instantText } from '../kernel/instant.ts'
import { anyOf } from '../persistence/any-of.ts'
import { Conditions } from '../persistence/conditions.ts'
import type { Reader } from '../persistence/database.ts'
import { type KeyStatus, searchable } from './key.ts'
import type { KeyFilter, KeyScope, ScopedRule } from './key-filter.ts'

/** What a query of keys is about: all keys of the scope, or those of the row `branch` that surrounds it. */
type Part = 'scope' | 'branch'

const keysOf = (reader: Reader, scope: KeyScope, part: Part): Conditions => {
  const keys = new Conditions(reader)
  if (part === 'branch') return keys.and('key.organization_id = branch.organization AND key.kind = branch.kind')
  // With a single organization an index returns the keys in the order of the list.
  keys.andAny('key.organization_id', scope.organizationIds)
  return scope.kind === undefined ? keys : keys.and('key.kind = ?', scope.kind)
}

const NOT_EXPIRED = '(key.expires_at IS NULL OR key.expires_at > ?)'

const STATUS_CONDITIONS: Readonly<Record<KeyStatus, string>> = {
  REVOKED: 'key.revoked_at IS NOT NULL',
  EXPIRED: 'key.revoked_at IS NULL AND key.expires_at <= ?',
  SUSPENDED: `key.revoked_at IS NULL AND ${NOT_EXPIRED} AND key.suspended_at IS NOT NULL`,
  ACTIVE: `key.revoked_at IS NULL AND ${NOT_EXPIRED} AND key.suspended_at IS NULL`,
}

/** Restricts a query to keys with one of the statuses. */
export const whereStatus = (keys: Conditions, statuses: readonly KeyStatus[], now: Date): Conditions => {
  const texts = [...new Set(statuses)].map((status) => STATUS_CONDITIONS[status])
  if (texts.length === 0) return keys.and('1 = 0')
  const instants = texts.flatMap((text) => (text.includes('?') ? [instantText(now)] : []))
  return keys.and(texts.map((text) => `(${text})`).join(' OR '), ...instants)
}

/** A LIKE pattern for rows that contain the text, with its special characters escaped. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** The keys that a filter selects, as conditions on the rows `key`. */
export const filteredKeys = (
  reader: Reader,
  scope: KeyScope,
  filter: KeyFilter,
  now: Date,
  part: Part = 'scope',
): Conditions => {
  const keys = keysOf(reader, scope, part)
  if (filter.search != null && filter.search !== '') whereFound(keys, filter.search)
  if (filter.ids != null) keys.andAny('key.id', filter.ids)
  if (filter.status != null) whereStatus(keys, filter.status, now)
  if (filter.projectId != null) keys.and('key.project_id = ?', filter.projectId)
  if (filter.module != null || filter.role != null)
    whereGranted(reader, keys, scope, filter.module ?? '*', filter.role ?? 'VIEWER')
  if (filter.createdById != null) keys.and('key.created_by_id = ?', filter.createdById)
  const bound = (condition: string, instant: Date | null | undefined) => {
    if (instant != null) keys.and(condition, instantText(instant))
  }
  bound('key.created_at > ?', filter.createdAfter)
  bound('key.created_at < ?', filter.createdBefore)
  bound('key.expires_at < ?', filter.expiringBefore)
  bound('COALESCE(key.last_used_at, key.created_at) < ?', filter.unusedSince)
  if (filter.neverExpires != null) keys.and(`key.expires_at IS ${filter.neverExpires ? '' : 'NOT '}NULL`)
  if (filter.conformsToPolicy != null) whereConforms(reader, keys, scope.rules, filter.conformsToPolicy)
  return keys
}

const whereFound = (keys: Conditions, search: string): void => {
  const pattern = containing(searchable(search))
  keys.and(
    `key.search_text LIKE ? ESCAPE '\\' OR key.id = ?
      OR EXISTS (SELECT 1 FROM key_secrets s WHERE s.key_id = key.id AND LOWER(s.hint) LIKE ? ESCAPE '\\')`,
    pattern,
    search,
    pattern,
  )
}

/** A membership in the organization of the key or in one of its ancestors. */
const BETWEEN = `EXISTS (SELECT 1 FROM organizations o WHERE o.id = key.organization_id
  AND (o.id = m.organization_id OR o.ancestor_ids LIKE '%' || m.organization_id || '%'))`

/**
 * Keys with at least the role in the module. Grants are stored as JSON in one fixed form, so a grant is a substring of it.
 * For a personal key, both its own grants, if it has any, and those of its owner must contain the role.
 */
const whereGranted = (reader: Reader, keys: Conditions, scope: KeyScope, module: string, role: Role): void => {
  const { path, organizationIds } = scope
  const patterns = ROLES.slice(ROLES.indexOf(role)).flatMap((enough) =>
    [...new Set([module, '*'])].map((name) => containing(JSON.stringify({ module: name, role: enough }))),
  )
  const any = (column: string) => `(${patterns.map(() => `${column} LIKE ? ESCAPE '\\'`).join(' OR ')})`
  const above = anyOf(reader, path)
  const ownerHolds = `EXISTS (SELECT 1 FROM members m WHERE m.user_id = key.owner_id
    AND (m.organization_id ${above.condition}${organizationIds.length > 1 ? ` OR ${BETWEEN}` : ''}) AND ${any('m.grants')})`
  keys.and(
    `(key.owner_id IS NULL AND ${any('key.grants')})
      OR (key.owner_id IS NOT NULL AND (key.grants IS NULL OR ${any('key.grants')}) AND ${ownerHolds})`,
    ...patterns,
    ...patterns,
    above.parameter,
    ...patterns,
  )
}

const whereConforms = (reader: Reader, keys: Conditions, rules: readonly ScopedRule[], conforms: boolean): void => {
  const texts: string[] = []
  const values: unknown[] = []
  for (const { organizationIds, rule } of rules) {
    const { maximumLifetime, expiryRequired } = rule
    const neverExpires =
      (expiryRequired || maximumLifetime !== null) === conforms ? '' : ' OR key.lifetime_seconds IS NULL'
    const { condition, parameter } = anyOf(reader, organizationIds)
    texts.push(
      `(key.organization_id ${condition} AND (key.lifetime_seconds ${conforms ? '<=' : '>'} ?${neverExpires}))`,
    )
    values.push(parameter, maximumLifetime ?? Number.MAX_SAFE_INTEGER)
  }
  keys.and(texts.length === 0 ? '1 = 0' : texts.join(' OR '), ...values)
}
