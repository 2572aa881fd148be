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
import { type SharedReads, sharedRows } from '../persistence/shared-reads.ts'
import { requireRangesWithin } from './descent.ts'
import { effectiveGrants } from './effective-grants.ts'
import type { KeyRow } from './key.entity.ts'
import { findKeys } from './keys.store.ts'

/** The part of a key that decides who has rights to it. */
export type OwnedKey = Pick<KeyRow, 'id' | 'kind' | 'organizationId' | 'ownerId'>

export const isItself = (principal: Principal, key: Pick<KeyRow, 'id'>): boolean =>
  principal.credential.keyId === key.id

const isOwner = (principal: Principal, key: Pick<KeyRow, 'ownerId'>): boolean =>
  principal.kind === 'USER' && key.ownerId !== null && principal.id === key.ownerId

/** Decides who may read and change which key. */
export class KeyAccess {
  private readonly access: AccessControl
  private readonly database: Database
  private readonly directory: OrganizationDirectory
  private readonly keys: SharedReads<KeyRow | null>

  constructor(access: AccessControl, database: Database, directory: OrganizationDirectory) {
    this.access = access
    this.database = database
    this.directory = directory
    this.keys = sharedRows(database, findKeys)
  }

  /** A key can be read by itself, a personal key also by its owner, and both with the role that the organization requires. */
  mayRead(principal: Principal, key: OwnedKey): MaybePromise<boolean> {
    return andThen(this.access.sees(principal, key.organizationId), (sees) => {
      if (!sees) return false
      if (isItself(principal, key) || isOwner(principal, key)) return true
      return this.access.may(principal, readPermission(key), key.organizationId)
    })
  }

  /** Whether a field with its own permission may be read. The owner of a personal key reads all fields. */
  mayReadField(principal: Principal, key: OwnedKey, permission: Permission): MaybePromise<boolean> {
    if (!isOwner(principal, key)) return this.access.may(principal, permission, key.organizationId)
    return andThen(
      this.access.sees(principal, key.organizationId),
      (sees) => sees || this.access.may(principal, permission, key.organizationId),
    )
  }

  /** A key that the principal may read. Throws NOT_FOUND, FORBIDDEN. */
  requireReadable(principal: Principal, id: string): MaybePromise<KeyRow> {
    return andThen(this.requireVisible(principal, id), (key) =>
      andThen(this.mayRead(principal, key), (mayRead) => {
        if (!mayRead) throw forbidden([requiredGrant(readPermission(key))])
        return key
      }),
    )
  }

  /**
   * A key whose secret or grants the principal may change. API keys require keys:operator and every grant of the key;
   * personal keys require their owner; a rotation is also allowed to the key itself. The owner and the key itself must not
   * use an access token. A key that is restricted to addresses changes only keys within its ranges.
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
    else if (!isOwner(principal, key)) throw forbidden([], 'Only its owner can change a personal access key.')
    else requireOwnPowers(principal)
    refuseNarrower(principal, key)
    requireRangesWithin(principal, key.allowedIps)
    await this.requireCovers(principal, key.organizationId, await this.grantsOf(key))
    return key
  }

  /**
   * A key that the principal may revoke or suspend. API keys: operators for those that they created, managers, the key
   * itself. Personal keys: owner, managers, the key itself. An access token may do this to its own key: its holder gains
   * nothing. Throws NOT_FOUND, FORBIDDEN.
   */
  async requireEnd(principal: Principal, id: string): Promise<KeyRow> {
    const key = await this.requireVisible(principal, id)
    await this.requireEndOf(principal, key)
    return key
  }

  /** The same check for a key that has already been read. */
  async requireEndOf(principal: Principal, key: KeyRow): Promise<void> {
    if (isItself(principal, key) || (isOwner(principal, key) && hasOwnPowers(principal))) return
    const own = key.kind === 'API_KEY' && key.createdById === principal.id
    await this.access.require(principal, own ? 'operateKeys' : 'manageKeys', key.organizationId, 'key')
  }

  /** The same, except that only managers resume what a manager suspended. */
  async requireResume(principal: Principal, id: string): Promise<KeyRow> {
    const key = await this.requireEnd(principal, id)
    const byOthers = key.suspendedAt !== null && ![principal.id, key.id].includes(key.suspendedById ?? '')
    if (byOthers) await this.access.require(principal, 'manageKeys', key.organizationId, 'key')
    return key
  }

  /** Throws FORBIDDEN with the missing grants if the principal does not have all of the grants. */
  async requireCovers(principal: Principal, organizationId: string, grants: readonly Grant[]): Promise<void> {
    requireHeld(await this.access.grantsIn(principal, organizationId), grants)
  }

  /**
   * The effective grants of a key in its organization.
   *
   * @param membershipsOf reads the memberships of its owner
   */
  grantsOf(
    key: KeyRow,
    membershipsOf: (userId: string) => MaybePromise<readonly MemberRow[]> = (userId) =>
      this.database.read((reader) => listMembershipsOf(reader, userId)),
  ): MaybePromise<Grant[]> {
    if (key.ownerId === null) return effectiveGrants(key, [], [])
    return andThen(membershipsOf(key.ownerId), (memberships) =>
      andThen(this.directory.findPath(key.organizationId), (path) => effectiveGrants(key, memberships, path ?? [])),
    )
  }

  private requireVisible(principal: Principal, id: string): MaybePromise<KeyRow> {
    checkId('key', id, 'id')
    return andThen(this.keys.read(id), (key) => {
      if (key === null) throw notFound('key')
      return andThen(this.access.sees(principal, key.organizationId), (sees) => {
        if (!sees) throw notFound('key')
        return key
      })
    })
  }
}

/** Throws FORBIDDEN with the missing grants if those that the caller holds do not cover the ones to give. */
export const requireHeld = (held: readonly Grant[], grants: readonly Grant[]): void => {
  const missing = missingGrants(held, grants).map(formatGrant)
  if (missing.length > 0)
    throw forbidden(missing, `You cannot give grants that you do not have: you lack ${missing.join(', ')}.`)
}

/** The most that a key without own grants can ever have: every grant of its owner. */
const UNNARROWED: readonly Grant[] = [{ module: '*', role: 'OWNER' }]

/**
 * A narrowed credential must not change a key that is narrowed less, even if both have the same grants now: the grants of
 * the other one grow with those of its owner.
 */
const refuseNarrower = ({ narrowedTo }: Principal, key: KeyRow): void => {
  if (narrowedTo === null) return
  const missing = missingGrants(narrowedTo, key.grants ?? UNNARROWED).map(formatGrant)
  if (missing.length > 0)
    throw forbidden(
      missing,
      `A narrowed credential can only change keys that are narrowed at least as much: it lacks ${missing.join(', ')}.`,
    )
}

const readPermission = (key: OwnedKey): Permission => (key.kind === 'API_KEY' ? 'readKeys' : 'readPersonalKeys')
