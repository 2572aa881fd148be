import { LRUCache } from 'lru-cache'
import type { MaybePromise } from '../kernel/maybe-promise.ts'
import type { Database, Reader } from '../persistence/database.ts'
import { effectivePolicy, type KeyPolicy } from './key-policy.ts'
import { findOrganization, findPolicies, listModules } from './organizations.store.ts'

const PATHS_KEPT = 50_000

/** Where an organization stands among the others, from memory: organizations are never moved or deleted. */
export class OrganizationDirectory {
  private readonly database: Database
  private readonly paths = new LRUCache<string, readonly string[]>({ max: PATHS_KEPT })

  constructor(database: Database) {
    this.database = database
  }

  /**
   * Ids of the organization and of all above it, itself first and the root last; null where there is none such. Inside a
   * transaction, hand on its Writer.
   */
  findPath(organizationId: string, reader?: Reader): MaybePromise<readonly string[] | null> {
    const known = this.paths.get(organizationId)
    if (known !== undefined) return known
    if (reader !== undefined) return this.readPath(reader, organizationId)
    return this.database.read((own) => this.readPath(own, organizationId))
  }

  /** The policy that holds in the organization now. */
  async policyOf(reader: Reader, organizationId: string): Promise<KeyPolicy> {
    const path = await this.requirePath(reader, organizationId)
    const own = await findPolicies(reader, path)
    const byId = new Map(own.map((policy) => [policy.organizationId, policy]))
    return effectivePolicy([...path].reverse().flatMap((id) => byId.get(id) ?? []))
  }

  /** The names of the modules that grants in the organization may name. */
  async moduleNames(reader: Reader, organizationId: string): Promise<ReadonlySet<string>> {
    const path = await this.requirePath(reader, organizationId)
    const modules = await listModules(reader, path.at(-1) ?? organizationId)
    return new Set(modules.map((module) => module.name))
  }

  private async requirePath(reader: Reader, organizationId: string): Promise<readonly string[]> {
    const path = this.paths.get(organizationId) ?? (await this.readPath(reader, organizationId))
    if (path === null) throw new Error(`An object names organization ${organizationId}, which does not exist.`)
    return path
  }

  private async readPath(reader: Reader, organizationId: string): Promise<readonly string[] | null> {
    const organization = await findOrganization(reader, organizationId)
    if (organization === null) return null
    const path = [organization.id, ...organization.ancestorIds]
    this.paths.set(organizationId, path)
    return path
  }
}
