import { Conditions } from '../persistence/conditions.ts'
import type { Reader } from '../persistence/database.ts'
import type { KeyRow } from './key.entity.ts'
import { filteredKeys, whereStatus } from './key-filter.store.ts'
import type { KeyFilter, LifetimeRule } from './key-filter.ts'
import { KEYS } from './keys.store.ts'

/** Active and suspended keys of all the organizations together. */
export const countActive = (reader: Reader, organizationIds: readonly string[], now: Date): Promise<number> => {
  const keys = new Conditions(reader).andAny('key.organization_id', organizationIds)
  return countKeys(reader, whereStatus(keys, ['ACTIVE', 'SUSPENDED'], now))
}

/** The number of keys that the conditions on the rows `key` select. */
export const countKeys = async (reader: Reader, selected: Conditions): Promise<number> => {
  const sql = `SELECT COUNT(*) AS count FROM keys key WHERE ${selected.text}`
  const [row] = await reader.query<{ count: number | string }>(sql, selected.parameters)
  return Number(row?.count)
}

/** Ids of active and suspended API keys that a person created in any of the organizations, oldest first. */
export const listApiKeysCreatedBy = async (
  reader: Reader,
  userId: string,
  organizationIds: readonly string[],
  now: Date,
  limit: number,
): Promise<string[]> => {
  const keys = new Conditions(reader)
    .andAny('key.organization_id', organizationIds)
    .and(`key.kind = 'API_KEY' AND key.created_by_id = ?`, userId)
  const { text, parameters } = whereStatus(keys, ['ACTIVE', 'SUSPENDED'], now)
  const sql = `SELECT key.id FROM keys key WHERE ${text} ORDER BY key.created_at, key.id LIMIT ${limit}`
  const rows = await reader.query<{ id: string }>(sql, parameters)
  return rows.map(({ id }) => id)
}

/** Active and suspended keys of the organization whose lifetime the rule does not allow: at most `limit`, and their number. */
export const listNonConforming = async (
  reader: Reader,
  organizationId: string,
  rule: LifetimeRule,
  now: Date,
  limit: number,
): Promise<[KeyRow[], number]> => {
  const filter: KeyFilter = { status: ['ACTIVE', 'SUSPENDED'], conformsToPolicy: false }
  const organizationIds = [organizationId]
  const selected = filteredKeys(reader, { organizationIds, path: [], rules: [{ organizationIds, rule }] }, filter, now)
  const rest = `FROM keys key WHERE ${selected.text} ORDER BY key.id LIMIT ${limit}`
  return [await reader.rows(KEYS, rest, selected.parameters), await countKeys(reader, selected)]
}
