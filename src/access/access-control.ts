import { forbidden, notFound } from '../kernel/errors.ts'
import { type Grant, holds, intersectGrants, normalizeGrants } from '../kernel/grants.ts'
import { checkId } from '../kernel/ids.ts'
import { andThen, type MaybePromise } from '../kernel/maybe-promise.ts'
import { PERMISSIONS, type Permission, requiredGrant } from './permissions.ts'
import type { Principal } from './principal.ts'

/** Ids of an organization and of all above it, itself first; null where there is no such organization. */
export type FindPath = (organizationId: string) => MaybePromise<readonly string[] | null>

/** Answers what a principal may do in an organization, from the role table. */
export class AccessControl {
  private readonly findPath: FindPath

  constructor(findPath: FindPath) {
    this.findPath = findPath
  }

  /** The grants that hold in the organization now; none where the principal does not belong to it. */
  async grantsIn(principal: Principal, organizationId: string): Promise<Grant[]> {
    const path = await this.reach(principal, organizationId)
    if (path === null) return []
    const held = normalizeGrants(
      principal.holdings.flatMap((holding) => (path.includes(holding.organizationId) ? holding.grants : [])),
    )
    return principal.narrowedTo === null ? held : intersectGrants(held, principal.narrowedTo)
  }

  /** Whether the organization exists for the principal: they belong to it, or to one above it. */
  sees(principal: Principal, organizationId: string): MaybePromise<boolean> {
    return andThen(this.reach(principal, organizationId), (path) => path !== null)
  }

  may(principal: Principal, permission: Permission, organizationId: string): MaybePromise<boolean> {
    const { module, role } = PERMISSIONS[permission]
    const { holdings, narrowedTo } = principal
    if (narrowedTo !== null && !holds(narrowedTo, module, role)) return false
    return andThen(
      this.reach(principal, organizationId),
      (path) =>
        path !== null &&
        holdings.some((held) => path.includes(held.organizationId) && holds(held.grants, module, role)),
    )
  }

  /** Throws NOT_FOUND where the principal cannot see the organization, BAD_USER_INPUT where the id is malformed. */
  requireVisible(principal: Principal, organizationId: string, what = 'organization'): MaybePromise<void> {
    checkId('organization', organizationId, 'organizationId')
    return andThen(this.sees(principal, organizationId), (sees) => {
      if (!sees) throw notFound(what)
    })
  }

  /** Throws NOT_FOUND where the principal cannot see the organization, FORBIDDEN where they lack the grant. */
  async require(principal: Principal, permission: Permission, organizationId: string, what?: string): Promise<void> {
    await this.requireVisible(principal, organizationId, what)
    if (!(await this.may(principal, permission, organizationId))) throw forbidden([requiredGrant(permission)])
  }

  /** Where the principal's reach begins: organizations below one of these are seen through it. */
  async entryPoints(principal: Principal): Promise<string[]> {
    if (principal.within !== null) return (await this.sees(principal, principal.within)) ? [principal.within] : []
    const held = [...new Set(principal.holdings.map((holding) => holding.organizationId))]
    const paths = await Promise.all(held.map((id) => this.findPath(id)))
    return held.filter((_, index) => !(paths[index] ?? []).slice(1).some((above) => held.includes(above)))
  }

  private reach(principal: Principal, organizationId: string): MaybePromise<readonly string[] | null> {
    return andThen(this.findPath(organizationId), (path) => {
      if (path === null) return null
      if (principal.within !== null && !path.includes(principal.within)) return null
      return principal.holdings.some((holding) => path.includes(holding.organizationId)) ? path : null
    })
  }
}
