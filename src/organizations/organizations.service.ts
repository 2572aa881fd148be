import type { AccessControl } from '../access/access-control.ts'
import type { Principal } from '../access/principal.ts'
import { BY_SYSTEM, type Cause } from '../audit/audit-event.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Caller } from '../audit/caller.ts'
import { moduleDefined, organizationCreated, projectCreated } from '../audit/events/organization-events.ts'
import type { Clock } from '../kernel/clock.ts'
import { badInput, conflict, forbidden, InputIssues, KeyturnError, notFound } from '../kernel/errors.ts'
import { BUILT_IN_MODULES, MODULE_NAME_SHAPE } from '../kernel/grants.ts'
import { checkId, newId } from '../kernel/ids.ts'
import { checkDescription, checkName, checkSlug, slugOf } from '../kernel/text.ts'
import type { Database, Reader, Writer } from '../persistence/database.ts'
import { DEFAULT_POLICY } from './key-policy.ts'
import type { ModuleRow, OrganizationRow, ProjectRow } from './organization.entity.ts'
import type { OrganizationDirectory } from './organization-directory.ts'
import {
  findModule,
  findModuleByName,
  findOrganization,
  findOrganizations,
  findProject,
  insertModules,
  insertOrganization,
  insertProject,
  listDescendants,
  listModules,
  listProjects,
  listSuborganizations,
  lockOrganization,
  projectSlugTaken,
  savePolicy,
  slugTaken,
} from './organizations.store.ts'

/** Makes the founder of a root organization its owner, in the same transaction. */
export type AddFounder = (writer: Writer, organizationId: string, caller: Caller) => Promise<void>

const DEEPEST = 8
const MOST_MODULES = 200
const ROOT_SCOPE = 'root'

export interface OrganizationsParts {
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly directory: OrganizationDirectory
  readonly log: AuditLog
  readonly addFounder: AddFounder
}

/** Organizations, what they consist of, and the modules in which roles are granted. */
export class OrganizationsService {
  private readonly parts: OrganizationsParts

  constructor(parts: OrganizationsParts) {
    this.parts = parts
  }

  /**
   * Creates a sub-organization (needs members:manager in its parent), or a root organization (needs a server-wide owner,
   * who becomes its owner). Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, and CONFLICT where the slug is taken.
   */
  async create(
    caller: Caller,
    input: {
      readonly name: string
      readonly slug?: string | null | undefined
      readonly parentId?: string | null | undefined
    },
  ): Promise<OrganizationRow> {
    const { database, access } = this.parts
    const parentId = input.parentId ?? null
    if (parentId !== null) await access.require(caller.principal, 'manageOrganization', parentId)
    else if (!caller.principal.serverOwner)
      throw forbidden(['*:owner'], 'Only a server-wide owner creates root organizations: name a parentId, or ask them.')
    const issues = new InputIssues()
    const name = checkName(issues, 'name', input.name)
    const slug = input.slug == null ? null : checkSlug(issues, 'slug', input.slug)
    issues.throwIfAny()
    return database.write(async (writer) => {
      const organization = await this.insert(writer, name, slug, parentId, caller.cause)
      if (parentId === null) await this.parts.addFounder(writer, organization.id, caller)
      return organization
    })
  }

  /** Inserts an organization with what every one begins with. Used by `create` and by the first start. */
  async insert(
    writer: Writer,
    name: string,
    wantedSlug: string | null,
    parentId: string | null,
    cause: Cause = BY_SYSTEM,
  ): Promise<OrganizationRow> {
    const ancestorIds = parentId === null ? [] : [...(await this.pathIn(writer, parentId))]
    if (ancestorIds.length >= DEEPEST)
      throw new KeyturnError('LIMIT_REACHED', `Organizations nest at most ${DEEPEST} deep.`)
    const slugScope = parentId ?? ROOT_SCOPE
    // Whoever makes a slug waits for the others who do, or both would take the same one for free.
    if (parentId !== null) await lockOrganization(writer, parentId)
    const slug = await freeSlug(wantedSlug, slugOf(name, 'organization'), (text) => slugTaken(writer, slugScope, text))
    const id = newId('organization')
    const row = { id, parentId, ancestorIds, name, slug, slugScope, createdAt: this.parts.clock.now() }
    await insertOrganization(writer, row)
    if (parentId === null) {
      await savePolicy(writer, id, DEFAULT_POLICY)
      await insertModules(
        writer,
        Object.entries(BUILT_IN_MODULES).map(([module, description]) => ({
          id: newId('module'),
          organizationId: id,
          name: module,
          description,
          builtIn: true,
        })),
      )
    }
    await this.parts.log.append(writer, id, cause, organizationCreated(row))
    return row
  }

  /**
   * Defines a module of the customer's own product, in the root organization.
   * Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, and CONFLICT where there is a module of that name.
   */
  async defineModule(
    caller: Caller,
    input: { readonly organizationId: string; readonly name: string; readonly description?: string | null | undefined },
  ): Promise<ModuleRow> {
    const { database, access, directory, log } = this.parts
    const { organizationId } = input
    await access.require(caller.principal, 'manageOrganization', organizationId)
    const path = await directory.findPath(organizationId)
    if (path?.at(-1) !== organizationId)
      throw badInput('organizationId', 'must be a root organization: its modules hold in all organizations below it')
    const issues = new InputIssues()
    if (!MODULE_NAME_SHAPE.test(input.name))
      issues.add('name', 'must begin with a letter and have 1 to 50 of a to z, 0 to 9, _ and -')
    const description = checkDescription(issues, 'description', input.description)
    issues.throwIfAny()
    return database.write(async (writer) => {
      const known = await findModuleByName(writer, organizationId, input.name)
      if (known?.builtIn) throw conflict(`The module ${input.name} is built in: choose another name.`)
      if (known !== null) throw conflict(`The module ${input.name} is defined already.`)
      if ((await listModules(writer, organizationId)).length >= MOST_MODULES)
        throw new KeyturnError('LIMIT_REACHED', `An organization has at most ${MOST_MODULES} modules.`)
      const row = { id: newId('module'), organizationId, name: input.name, description, builtIn: false }
      await insertModules(writer, [row])
      await log.append(writer, organizationId, caller.cause, moduleDefined(row))
      return row
    })
  }

  /** Creates a project. Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, and CONFLICT where the slug is taken. */
  async createProject(
    caller: Caller,
    input: { readonly organizationId: string; readonly name: string; readonly slug?: string | null | undefined },
  ): Promise<ProjectRow> {
    const { database, access, clock, log } = this.parts
    const { organizationId } = input
    await access.require(caller.principal, 'manageOrganization', organizationId)
    const issues = new InputIssues()
    const name = checkName(issues, 'name', input.name)
    const wanted = input.slug == null ? null : checkSlug(issues, 'slug', input.slug)
    issues.throwIfAny()
    return database.write(async (writer) => {
      await lockOrganization(writer, organizationId)
      const slug = await freeSlug(wanted, slugOf(name, 'project'), (text) =>
        projectSlugTaken(writer, organizationId, text),
      )
      const row = { id: newId('project'), organizationId, name, slug, createdAt: clock.now() }
      await insertProject(writer, row)
      await log.append(writer, organizationId, caller.cause, projectCreated(row))
      return row
    })
  }

  /** An organization that the caller belongs to. Throws BAD_USER_INPUT, NOT_FOUND. */
  async find(caller: Caller, id: string): Promise<OrganizationRow> {
    checkId('organization', id, 'id')
    await this.parts.access.requireVisible(caller.principal, id)
    const organization = await this.parts.database.read((reader) => findOrganization(reader, id))
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
    if (module === null || !(await this.usesModulesOf(caller.principal, module.organizationId)))
      throw notFound('module')
    return module
  }

  /** The organizations right below one that the caller belongs to, by name. Throws NOT_FOUND. */
  async listSuborganizations(caller: Caller, parentId: string): Promise<OrganizationRow[]> {
    await this.parts.access.requireVisible(caller.principal, parentId)
    return this.parts.database.read((reader) => listSuborganizations(reader, parentId))
  }

  /** The projects of an organization that the caller belongs to, by name. Throws NOT_FOUND. */
  async listProjects(caller: Caller, organizationId: string): Promise<ProjectRow[]> {
    await this.parts.access.requireVisible(caller.principal, organizationId)
    return this.parts.database.read((reader) => listProjects(reader, organizationId))
  }

  /** The modules that grants in the organization may name: those of its root. Throws NOT_FOUND. */
  async listModules(caller: Caller, organizationId: string): Promise<ModuleRow[]> {
    await this.parts.access.requireVisible(caller.principal, organizationId)
    const path = await this.parts.directory.findPath(organizationId)
    return this.parts.database.read((reader) => listModules(reader, path?.at(-1) ?? organizationId))
  }

  /** An organization that the caller belongs to, and all below it. Throws NOT_FOUND. */
  async listTree(caller: Caller, id: string): Promise<OrganizationRow[]> {
    await this.parts.access.requireVisible(caller.principal, id)
    return this.parts.database.read(async (reader) => [
      ...(await findOrganizations(reader, [id])),
      ...(await listDescendants(reader, [id])),
    ])
  }

  /** Every organization that the caller belongs to, itself or through one above it; the uppermost first. */
  async listReachable(caller: Caller): Promise<OrganizationRow[]> {
    const entries = await this.parts.access.entryPoints(caller.principal)
    const trees = await Promise.all(entries.map((id) => this.listTree(caller, id)))
    return trees.flat()
  }

  /** Whether the principal belongs to the root organization or to one below it, where its modules can be granted. */
  private async usesModulesOf(principal: Principal, rootId: string): Promise<boolean> {
    for (const { organizationId } of principal.holdings) {
      const path = await this.parts.directory.findPath(organizationId)
      if (path?.at(-1) === rootId && (await this.parts.access.sees(principal, organizationId))) return true
    }
    return false
  }

  private async pathIn(reader: Reader, organizationId: string): Promise<readonly string[]> {
    const parent = await findOrganization(reader, organizationId)
    if (parent === null) throw new Error(`Organization ${organizationId} vanished.`)
    return [parent.id, ...parent.ancestorIds]
  }
}

/** The wanted slug as it is, or CONFLICT; one made from the name gets a number where it is taken. */
const freeSlug = async (
  wanted: string | null,
  made: string,
  taken: (slug: string) => Promise<boolean>,
): Promise<string> => {
  if (wanted !== null) {
    if (await taken(wanted)) throw conflict(`The slug ${wanted} is taken here: choose another.`)
    return wanted
  }
  for (let number = 1; ; number += 1) {
    const slug = number === 1 ? made : `${made}-${number}`
    if (!(await taken(slug))) return slug
  }
}
