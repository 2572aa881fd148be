import DataLoader from 'dataloader'
import type { KeyRow, KeySecretRow } from '../keys/key.entity.ts'
import { findKeys, listSecrets } from '../keys/keys.store.ts'
import type { PolicyService } from '../keys/policy.service.ts'
import type { MemberRow, UserRow } from '../memberships/member.entity.ts'
import { findUsers, listMembershipsOfAll } from '../memberships/members.store.ts'
import type { KeyPolicy } from '../organizations/key-policy.ts'
import type { OrganizationRow, ProjectRow } from '../organizations/organization.entity.ts'
import { findOrganizations, findProjects } from '../organizations/organizations.store.ts'
import type { Database, Reader } from '../persistence/database.ts'

/** Rows that many fields of one answer want, each read once and together. They check no rights. */
export interface Loaders {
  readonly organization: DataLoader<string, OrganizationRow>
  readonly project: DataLoader<string, ProjectRow>
  readonly user: DataLoader<string, UserRow>
  readonly key: DataLoader<string, KeyRow>
  readonly secrets: DataLoader<string, KeySecretRow[]>
  /** Memberships by the user's id. */
  readonly memberships: DataLoader<string, MemberRow[]>
  readonly policy: DataLoader<string, KeyPolicy>
}

interface LoaderParts {
  readonly database: Database
  readonly policies: PolicyService
}

export const createLoaders = ({ database, policies }: LoaderParts): Loaders => {
  const byId = <Row extends { readonly id: string }>(
    what: string,
    find: (reader: Reader, ids: readonly string[]) => Promise<Row[]>,
  ) =>
    new DataLoader<string, Row>(async (ids) => {
      const rows = new Map((await database.read((reader) => find(reader, ids))).map((row) => [row.id, row]))
      return ids.map((id) => rows.get(id) ?? new Error(`A row names the ${what} ${id}, which does not exist.`))
    })
  return {
    organization: byId('organization', findOrganizations),
    project: byId('project', findProjects),
    user: byId('user', findUsers),
    key: byId('key', findKeys),
    secrets: new DataLoader(async (keyIds) => {
      const secrets = await database.read((reader) => listSecrets(reader, keyIds))
      const byKey = groupBy(secrets, (secret) => secret.keyId)
      return keyIds.map((id) => byKey.get(id) ?? [])
    }),
    memberships: new DataLoader(async (userIds) => {
      const memberships = await database.read((reader) => listMembershipsOfAll(reader, userIds))
      const byUser = groupBy(memberships, (membership) => membership.userId)
      return userIds.map((id) => byUser.get(id) ?? [])
    }),
    policy: new DataLoader((ids) => Promise.all(ids.map((id) => policies.policyOf(id)))),
  }
}

const groupBy = <Row>(rows: readonly Row[], idOf: (row: Row) => string): Map<string, Row[]> => {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(idOf(row))
    if (group === undefined) groups.set(idOf(row), [row])
    else group.push(row)
  }
  return groups
}
