import { In } from 'typeorm'
import { anyOf } from '../persistence/any-of.ts'
import type { Reader, Writer } from '../persistence/database.ts'
import { mappingOf } from '../persistence/row-mapping.ts'
import {
  ModuleEntity,
  type ModuleRow,
  OrganizationEntity,
  type OrganizationRow,
  ProjectEntity,
  type ProjectRow,
} from './organization.entity.ts'

const ORGANIZATIONS = mappingOf(OrganizationEntity)
const MODULES = mappingOf(ModuleEntity)

export const findOrganizations = async (reader: Reader, ids: readonly string[]): Promise<OrganizationRow[]> => {
  if (ids.length === 0) return []
  const { condition, parameter } = anyOf(reader, ids)
  return reader.rows(ORGANIZATIONS, `FROM organizations WHERE id ${condition}`, [parameter])
}

export const findOrganization = async (reader: Reader, id: string): Promise<OrganizationRow | null> =>
  (await findOrganizations(reader, [id]))[0] ?? null

export const listSuborganizations = (reader: Reader, parentId: string): Promise<OrganizationRow[]> =>
  reader.manager.find(OrganizationEntity, { where: { parentId }, order: { name: 'ASC', id: 'ASC' } })

/** All descendants of the organizations, level by level. */
export const listDescendants = async (reader: Reader, ids: readonly string[]): Promise<OrganizationRow[]> => {
  const found: OrganizationRow[] = []
  for (let level = [...ids]; level.length > 0; ) {
    const children = await reader.manager.findBy(OrganizationEntity, { parentId: In(level) })
    found.push(...children)
    level = children.map((child) => child.id)
  }
  return found
}

export const anyOrganization = async (reader: Reader): Promise<boolean> =>
  reader.manager.exists(OrganizationEntity, { where: {} })

export const slugTaken = (reader: Reader, slugScope: string, slug: string): Promise<boolean> =>
  reader.manager.existsBy(OrganizationEntity, { slugScope, slug })

export const insertOrganization = async (writer: Writer, row: OrganizationRow): Promise<void> => {
  await writer.manager.insert(OrganizationEntity, row)
}

export const listModules = (reader: Reader, rootId: string): Promise<ModuleRow[]> =>
  reader.rows(MODULES, 'FROM modules WHERE organization_id = ? ORDER BY built_in DESC, name', [rootId])

export const findModule = (reader: Reader, id: string): Promise<ModuleRow | null> =>
  reader.manager.findOneBy(ModuleEntity, { id })

export const findModuleByName = (reader: Reader, organizationId: string, name: string): Promise<ModuleRow | null> =>
  reader.manager.findOneBy(ModuleEntity, { organizationId, name })

export const insertModules = async (writer: Writer, rows: readonly ModuleRow[]): Promise<void> => {
  await writer.manager.insert(ModuleEntity, [...rows])
}

export const listProjects = (reader: Reader, organizationId: string): Promise<ProjectRow[]> =>
  reader.manager.find(ProjectEntity, { where: { organizationId }, order: { name: 'ASC', id: 'ASC' } })

export const findProjects = (reader: Reader, ids: readonly string[]): Promise<ProjectRow[]> =>
  reader.manager.findBy(ProjectEntity, { id: In([...ids]) })

export const findProject = (reader: Reader, id: string): Promise<ProjectRow | null> =>
  reader.manager.findOneBy(ProjectEntity, { id })

export const projectSlugTaken = (reader: Reader, organizationId: string, slug: string): Promise<boolean> =>
  reader.manager.existsBy(ProjectEntity, { organizationId, slug })

export const insertProject = async (writer: Writer, row: ProjectRow): Promise<void> => {
  await writer.manager.insert(ProjectEntity, row)
}

/** Locks the organization until the transaction ends. Changes that count against its limits take this lock. */
export const lockOrganization = async (writer: Writer, id: string): Promise<void> => {
  const query = writer.manager.createQueryBuilder(OrganizationEntity, 'organization').where({ id })
  await writer.lock(query).getOne()
}

/** Prevents other instances from creating organizations until the transaction ends. */
export const lockOrganizations = async (writer: Writer): Promise<void> => {
  if (writer.engine === 'postgres') await writer.query('LOCK TABLE organizations IN EXCLUSIVE MODE')
}
