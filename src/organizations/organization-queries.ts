import type { AccessControl } from '../access/access-control.ts'
import type { Principal } from '../access/principal.ts'
import type { Caller } from '../audit/caller.ts'
import { notFound } from '../kernel/errors.ts'
import { checkId } from '../kernel/ids.ts'
import type { Database } from '../persistence/database.ts'
import { type SharedReads, sharedRows } from '../persistence/shared-reads.ts'
import type { ModuleRow, OrganizationRow, ProjectRow } from './organization.entity.ts'
import type { OrganizationDirectory } from './organization-directory.ts'
import {
  findModule,
  findOrganizations,
  findProject,
  listDescendants,
  listModules,
  listProjects,
  listSuborganizations,
} from './organizations.store.ts'

export interface OrganizationQueriesParts {
  readonly database: Database
  readonly access: AccessControl
  readonly directory: OrganizationDirectory
}

/** Reads organizations, their projects and their modules. An object that the caller may not see is NOT_FOUND. */
export class OrganizationQueries {
  private readonly parts: OrganizationQueriesParts
  private readonly organizations: SharedReads<OrganizationRow | null>

  constructor(parts: OrganizationQueriesParts) {
    this.parts = parts
    this.organizations = sharedRows(parts.database, findOrganizations)
  }

  /** An organization that the caller belongs to, directly or through an ancestor. Throws BAD_USER_INPUT, NOT_FOUND. */
  async find(caller: Caller, id: string): Promise<OrganizationRow> {
    checkId('organization', id, 'id')
    await this.parts.access.requireVisible(caller.principal, id)
    const organization = await this.organizations.read(id)
    if (organization === null) throw notFound('organization')
    return organization
  }

  /** A project of an organization that the caller belongs to. Throws NOT_FOUND. */
  async findProject(caller: Caller, id: string): Promise<ProjectRow> {
    const project = await this.parts.database.read((reader) => findProject(reader, id))
    if (project === null) throw notFound('project')
    await this.parts.access.requireVisible(caller.principal, project.organizationId, 'project')
    return project
  }

  /** A module that can be granted in an organization that the caller belongs to. Throws NOT_FOUND. */
  async findModule(caller: Caller, id: string): Promise<ModuleRow> {
    const module = await this.parts.database.read((reader) => findModule(reader, id))
    if (module === null || !(await this.canUseModulesOf(caller.principal, module.organizationId)))
      throw notFound('module')
    return module
  }

  /** The direct children of an organization that the caller belongs to, by name. Throws NOT_FOUND. */
  async listSuborganizations(caller: Caller, parentId: string): Promise<OrganizationRow[]> {
    await this.parts.access.requireVisible(caller.principal, parentId)
    return this.parts.database.read((reader) => listSuborganizations(reader, parentId))
  }

  /** The projects of an organization that the caller belongs to, by name. Throws NOT_FOUND. */
  async listProjects(caller: Caller, organizationId: string): Promise<ProjectRow[]> {
    await this.parts.access.requireVisible(caller.principal, organizationId)
    return this.parts.database.read((reader) => listProjects(reader, organizationId))
  }

  /** The modules that grants in the organization may name: those of its root organization. Throws NOT_FOUND. */
  async listModules(caller: Caller, organizationId: string): Promise<ModuleRow[]> {
    await this.parts.access.requireVisible(caller.principal, organizationId)
    const path = await this.parts.directory.findPath(organizationId)
    return this.parts.database.read((reader) => listModules(reader, path?.at(-1) ?? organizationId))
  }

  /** An organization that the caller belongs to, followed by its descendants. Throws NOT_FOUND. */
  async listTree(caller: Caller, id: string): Promise<OrganizationRow[]> {
    await this.parts.access.requireVisible(caller.principal, id)
    return this.parts.database.read(async (reader) => [
      ...(await findOrganizations(reader, [id])),
      ...(await listDescendants(reader, [id])),
    ])
  }

  /** Every organization that the caller belongs to, directly or through an ancestor; ancestors come first. */
  async listReachable(caller: Caller): Promise<OrganizationRow[]> {
    const entries = await this.parts.access.entryPoints(caller.principal)
    const trees = await Promise.all(entries.map((id) => this.listTree(caller, id)))
    return trees.flat()
  }

  /** Whether the principal belongs to the root organization or to one of its descendants. */
  private async canUseModulesOf(principal: Principal, rootId: string): Promise<boolean> {
    for (const { organizationId } of principal.holdings) {
      const path = await this.parts.directory.findPath(organizationId)
      if (path?.at(-1) === rootId && (await this.parts.access.sees(principal, organizationId))) return true
    }
    return false
  }
}
