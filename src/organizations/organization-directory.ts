import { lruCache } from '../kernel/lru-cache.ts'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { findOrganization, listModules } from './organizations.store.ts'

const MAX_CACHED_PATHS = 50_000

/** The organization tree. Paths are cached without invalidation: an organization is never moved or deleted. */
export class OrganizationDirectory {
  private readonly database: Database
  private readonly paths = lruCache<readonly string[]>(MAX_CACHED_PATHS)

  constructor(database: Database) {
    this.database = database
  }

  /**
   * The ids of an organization and its ancestors, from itself to the root; null if it does not exist. Inside a transaction,
   * pass its Writer.
   */
  findPath(organizationId: string, reader?: Reader): MaybePromise<readonly string[] | null> {
    const known = this.paths.get(organizationId)
    if (known !== undefined) return known
    if (reader !== undefined) return this.readPath(reader, organizationId)
    return this.database.read((own) => this.readPath(own, organizationId))
  }

  /** The path of an organization that exists. Anything else is a bug. */
  async requirePath(reader: Reader, organizationId: string): Promise<readonly string[]> {
    const path = this.paths.get(organizationId) ?? (await this.readPath(reader, organizationId))
    if (path === null) throw new Error(`An object refers to organization ${organizationId}, which does not exist.`)
    return path
  }

  /** The names of the modules that grants in the organization may use. */
  async moduleNames(reader: Reader, organizationId: string): Promise<ReadonlySet<string>> {
    const path = await this.requirePath(reader, organizationId)
    const modules = await listModules(reader, path.at(-1) ?? organizationId)
    return new Set(modules.map((module) => module.name))
  }

  private async readPath(reader: Reader, organizationId: string): Promise<readonly string[] | null> {
    const organization = await findOrganization(reader, organizationId)
    if (organization === null) return null
    const path = [organization.id, ...organization.ancestorIds]
    this.paths.set(organizationId, path)
    return path
  }
}
