import { forbidden, notFound } from '../kernel/errors.ts'
import { type Grant, holds, intersectGrants, normalizeGrants } from '../kernel/grants.ts'
import { checkId } from '../kernel/ids.ts'
import { andThen, type MaybePromise } from '../kernel/maybe-promise.ts'
import { PERMISSIONS, type Permission, requiredGrant } from './permissions.ts'
import type { Principal } from './principal.ts'

/** The ids of an organization and its ancestors, itself first; null if the organization does not exist. */
type Path = readonly string[] | null
export type FindPath = (organizationId: string) => MaybePromise<Path>

/** Decides what a principal may do in an organization, by the role table. */
export class AccessControl {
  private readonly findPath: FindPath

  constructor(findPath: FindPath) {
    this.findPath = findPath
  }

  /** The principal's effective grants in the organization; empty if the principal has no access to it. */
  async grantsIn(principal: Principal, organizationId: string): Promise<Grant[]> {
    const path = await this.reach(principal, organizationId)
    if (path === null) return []
    const held = normalizeGrants(
      principal.holdings.flatMap((holding) => (path.includes(holding.organizationId) ? holding.grants : [])),
    )
    return principal.narrowedTo === null ? held : intersectGrants(held, principal.narrowedTo)
  }

  /** Whether the organization is visible to the principal: they belong to it or to an ancestor. */
  sees(principal: Principal, organizationId: string): MaybePromise<boolean> {
    return andThen(this.reach(principal, organizationId), (path) => path !== null)
  }

  may(principal: Principal, permission: Permission, organizationId: string): MaybePromise<boolean> {
    const finding = this.findPath(organizationId)
    return finding instanceof Promise
      ? finding.then((path) => mayOn(path, principal, permission))
      : mayOn(finding, principal, permission)
  }

  /** Throws NOT_FOUND if the organization is not visible to the principal, BAD_USER_INPUT if the id is malformed. */
  requireVisible(principal: Principal, organizationId: string, what = 'organization'): MaybePromise<void> {
    checkId('organization', organizationId, 'organizationId')
    return andThen(this.sees(principal, organizationId), (sees) => {
      if (!sees) throw notFound(what)
    })
  }

  /** Throws NOT_FOUND if the organization is not visible to the principal, FORBIDDEN if they lack the grant. */
  async require(principal: Principal, permission: Permission, organizationId: string, what?: string): Promise<void> {
    await this.requireVisible(principal, organizationId, what)
    if (!(await this.may(principal, permission, organizationId))) throw forbidden([requiredGrant(permission)])
  }

  /** The topmost organizations that the principal can see. They also see every organization below these. */
  async entryPoints(principal: Principal): Promise<string[]> {
    if (principal.within !== null) return (await this.sees(principal, principal.within)) ? [principal.within] : []
    const held = [...new Set(principal.holdings.map((holding) => holding.organizationId))]
    const paths = await Promise.all(held.map((id) => this.findPath(id)))
    return held.filter((_, index) => !(paths[index] ?? []).slice(1).some((above) => held.includes(above)))
  }

  private reach(principal: Principal, organizationId: string): MaybePromise<Path> {
    return andThen(this.findPath(organizationId), (path) => (reaches(path, principal) ? path : null))
  }
}

const reaches = (path: Path, { within, holdings }: Principal): path is readonly string[] =>
  path !== null &&
  (within === null || path.includes(within)) &&
  holdings.some(({ organizationId }) => path.includes(organizationId))

const mayOn = (path: Path, principal: Principal, permission: Permission): boolean => {
  if (!reaches(path, principal)) return false
  const { module, role } = PERMISSIONS[permission]
  const { holdings, narrowedTo } = principal
  if (narrowedTo !== null && !holds(narrowedTo, module, role)) return false
  return holdings.some(({ organizationId, grants }) => path.includes(organizationId) && holds(grants, module, role))
}
