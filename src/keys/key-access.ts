import type { AccessControl } from '../access/access-control.ts'
import { type Permission, requiredGrant } from '../access/permissions.ts'
import { hasOwnPowers, type Principal, requireOwnPowers } from '../access/principal.ts'
import { forbidden, notFound } from '../kernel/errors.ts'
import { formatGrant, type Grant, missingGrants } from '../kernel/grants.ts'
import { checkId } from '../kernel/ids.ts'
import { andThen, type MaybePromise } from '../kernel/maybe-promise.ts'
import type { MemberRow } from '../memberships/member.entity.ts'
import { listMembershipsOf } from '../memberships/members.store.ts'
import type { OrganizationDirectory } from '../organizations/organization-directory.ts'
import type { Database } from '../persistence/database.ts'
import { requireRangesWithin } from './descent.ts'
import { effectiveGrants } from './effective-grants.ts'
import type { KeyRow } from './key.entity.ts'
import { findKey } from './keys.store.ts'

/** The part of a key that rights to it follow from. */
export type OwnedKey = Pick<KeyRow, 'id' | 'kind' | 'organizationId' | 'ownerId'>

export const isItself = (principal: Principal, key: Pick<KeyRow, 'id'>): boolean =>
  principal.credential.keyId === key.id

const isOwner = (principal: Principal, key: Pick<KeyRow, 'ownerId'>): boolean =>
  principal.kind === 'USER' && key.ownerId !== null && principal.id === key.ownerId

/** Who may see and change which key. */
export class KeyAccess {
  private readonly access: AccessControl
  private readonly database: Database
  private readonly directory: OrganizationDirectory

  constructor(access: AccessControl, database: Database, directory: OrganizationDirectory) {
    this.access = access
    this.database = database
    this.directory = directory
  }

  /** A key is readable to itself, a personal key to its owner, and to those who read, or manage, the organization's keys. */
  mayRead(principal: Principal, key: OwnedKey): MaybePromise<boolean> {
    return andThen(this.access.sees(principal, key.organizationId), (sees) => {
      if (!sees) return false
      if (isItself(principal, key) || isOwner(principal, key)) return true
      return this.access.may(principal, readPermission(key), key.organizationId)
    })
  }

  /** A field that needs a role of others; the owner of a personal key sees all of it. */
  mayReadField(principal: Principal, key: OwnedKey, permission: Permission): MaybePromise<boolean> {
    if (!isOwner(principal, key)) return this.access.may(principal, permission, key.organizationId)
    return andThen(
      this.access.sees(principal, key.organizationId),
      (sees) => sees || this.access.may(principal, permission, key.organizationId),
    )
  }

  /** The key, as far as the principal may read it. Throws NOT_FOUND, FORBIDDEN. */
  async requireReadable(principal: Principal, id: string): Promise<KeyRow> {
    const key = await this.requireVisible(principal, id)
    if (!(await this.mayRead(principal, key))) throw forbidden([requiredGrant(readPermission(key))])
    return key
  }

  /**
   * Whoever changes a key's secret or grants must hold what the key carries: operators for API keys, the owner for a
   * personal key; a rotation also by the key itself. The owner and the key itself need the secret: an access token is
   * refused. A caller's key that is restricted to addresses changes only keys within its own ranges.
   * Throws NOT_FOUND, FORBIDDEN.
   */
  async requireChange(principal: Principal, id: string, byItself: 'by itself too' | 'not by itself'): Promise<KeyRow> {
    const key = await this.requireVisible(principal, id)
    if (byItself === 'by itself too' && isItself(principal, key)) {
      requireOwnPowers(principal)
      refuseNarrower(principal, key)
      return key
    }
    if (key.kind === 'API_KEY') await this.access.require(principal, 'operateKeys', key.organizationId, 'key')
    else if (!isOwner(principal, key)) throw forbidden([], 'Only its owner changes a personal access key.')
    else requireOwnPowers(principal)
    refuseNarrower(principal, key)
    requireRangesWithin(principal, key.allowedIps)
    await this.requireCovers(principal, key.organizationId, await this.grantsOf(key))
    return key
  }

  /**
   * API keys: operators for those they made, managers for all, the key itself; personal: owner, managers, itself. Ending
   * itself is the one thing that an access token may do by being the key: it gives its holder nothing.
   */
  async requireEnd(principal: Principal, id: string): Promise<KeyRow> {
    const key = await this.requireVisible(principal, id)
    await this.requireEndOf(principal, key)
    return key
  }

  /** The same of a key that has been read already. */
  async requireEndOf(principal: Principal, key: KeyRow): Promise<void> {
    if (isItself(principal, key) || (isOwner(principal, key) && hasOwnPowers(principal))) return
    const own = key.kind === 'API_KEY' && key.createdById === principal.id
    await this.access.require(principal, own ? 'operateKeys' : 'manageKeys', key.organizationId, 'key')
  }

  /** The same as for ending, but what a manager suspended is for managers to resume, not for the owner. */
  async requireResume(principal: Principal, id: string): Promise<KeyRow> {
    const key = await this.requireEnd(principal, id)
    const byOthers = key.suspendedAt !== null && ![principal.id, key.id].includes(key.suspendedById ?? '')
    if (byOthers) await this.access.require(principal, 'manageKeys', key.organizationId, 'key')
    return key
  }

  /** Nobody hands on more than they hold. Throws FORBIDDEN with the grants that are missing. */
  async requireCovers(principal: Principal, organizationId: string, grants: readonly Grant[]): Promise<void> {
    const held = await this.access.grantsIn(principal, organizationId)
    const missing = missingGrants(held, grants).map(formatGrant)
    if (missing.length > 0)
      throw forbidden(missing, `Nobody grants more than they hold: you lack ${missing.join(', ')}.`)
  }

  /**
   * What a key carries in its organization now.
   *
   * @param known the memberships of its owner, where they have been read already
   */
  async grantsOf(key: KeyRow, known?: readonly MemberRow[]): Promise<Grant[]> {
    const { ownerId } = key
    if (ownerId === null) return effectiveGrants(key, [], [])
    const memberships = known ?? (await this.database.read((reader) => listMembershipsOf(reader, ownerId)))
    return effectiveGrants(key, memberships, (await this.directory.findPath(key.organizationId)) ?? [])
  }

  private async requireVisible(principal: Principal, id: string): Promise<KeyRow> {
    checkId('key', id, 'id')
    const key = await this.database.read((reader) => findKey(reader, id))
    if (key === null || !(await this.access.sees(principal, key.organizationId))) throw notFound('key')
    return key
  }
}

/** What a key that was not narrowed may come to carry: all that its owner is ever granted. */
const UNNARROWED: readonly Grant[] = [{ module: '*', role: 'OWNER' }]

/**
 * A narrowed credential must not come to hold a key that was narrowed less, not even while both carry the same: the other
 * one grows again with its owner.
 */
const refuseNarrower = ({ narrowedTo }: Principal, key: KeyRow): void => {
  if (narrowedTo === null) return
  const missing = missingGrants(narrowedTo, key.grants ?? UNNARROWED).map(formatGrant)
  if (missing.length > 0)
    throw forbidden(
      missing,
      `A narrowed credential changes keys as narrow as itself alone: it lacks ${missing.join(', ')}.`,
    )
}

const readPermission = (key: OwnedKey): Permission => (key.kind === 'API_KEY' ? 'readKeys' : 'readPersonalKeys')
