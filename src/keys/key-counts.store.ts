import type { Reader } from '../persistence/database.ts'
import { KeyEntity, type KeyRow } from './key.entity.ts'
import { filteredKeys, whereStatus } from './key-filter.store.ts'
import type { KeyFilter, LifetimeRule } from './key-filter.ts'

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

/** Active and suspended keys of the organization whose lifetime the rule does not allow: at most `limit`, and their number. */
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
