import type { AccessControl } from '../../access/access-control.ts'
import { type Principal, requireOwnPowers } from '../../access/principal.ts'
import type { Cause } from '../../audit/audit-event.ts'
import type { AuditLog } from '../../audit/audit-log.ts'
import type { Caller } from '../../audit/caller.ts'
import { keyCreated } from '../../audit/events/key-events.ts'
import type { JsonObject } from '../../audit-chain/canonical-json.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { DurationSeconds } from '../../kernel/duration.ts'
import { forbidden, InputIssues, notFound, unauthenticated } from '../../kernel/errors.ts'
import type { Grant } from '../../kernel/grants.ts'
import { checkId, newId } from '../../kernel/ids.ts'
import { hashSecret, hintOf, newSecret } from '../../kernel/secret-text.ts'
import { checkDescription, checkName } from '../../kernel/text.ts'
import type { UserRow } from '../../memberships/member.entity.ts'
import { lockMemberships } from '../../memberships/members.store.ts'
import { checkGrants } from '../../organizations/check-grants.ts'
import type { OrganizationDirectory } from '../../organizations/organization-directory.ts'
import { findProject } from '../../organizations/organizations.store.ts'
import type { Database, Writer } from '../../persistence/database.ts'
import type { KeyPolicy } from '../../policies/key-policy.ts'
import type { PolicyDirectory } from '../../policies/policy-directory.ts'
import { boundOfCreator, rangesOfNew } from '../descent.ts'
import type { KeyRow, KeySecretRow } from '../key.entity.ts'
import { type KeyKind, lifetimeFacts, lifetimeOf, searchable } from '../key.ts'
import type { KeyAccess } from '../key-access.ts'
import { insertKey, lockCreator } from '../keys.store.ts'
import { lockKeyLimits, refuseTooManyKeys } from './active-key-limit.ts'
import { checkMetadata, checkOwnThresholds, checkRanges } from './key-input.ts'
import { isNameFree, requireFreeName } from './key-name.ts'
import { decideExpiry, type ExpiryBound, type WantedExpiry } from './lifetime.ts'
import { dueAtOf } from './warning-plan.ts'

/** A key and the clear text of its new secret, which is nowhere else. */
export interface IssuedKey {
  readonly key: KeyRow
  readonly secret: string
}

interface CommonInput extends WantedExpiry {
  readonly organizationId: string
  readonly name: string
  readonly description?: string | null | undefined
  /** Seconds before the expiry; none given means the policy's. */
  readonly warnBefore?: readonly DurationSeconds[] | null | undefined
  readonly allowedIps?: readonly string[] | null | undefined
  readonly metadata?: JsonObject | null | undefined
}
export interface CreateApiKeyInput extends CommonInput {
  readonly projectId?: string | null | undefined
  readonly grants: readonly Grant[]
}
export interface CreatePersonalKeyInput extends CommonInput {
  /** Narrower than what the member may do; none given means all of it. */
  readonly grants?: readonly Grant[] | null | undefined
}

export interface KeyParts {
  readonly prefix: string
  readonly database: Database
  readonly clock: Clock
  readonly access: AccessControl
  readonly keyAccess: KeyAccess
  readonly directory: OrganizationDirectory
  readonly policies: PolicyDirectory
  readonly log: AuditLog
}

interface Draft {
  readonly kind: KeyKind
  readonly organizationId: string
  readonly projectId: string | null
  readonly ownerId: string | null
  readonly name: string
  readonly description: string | null
  readonly grants: readonly Grant[] | null
  /** Becomes an instant when the key is inserted: a lifetime is counted from the creation, not from before it. */
  readonly expiry: WantedExpiry
  readonly warnBefore: readonly DurationSeconds[] | null
  readonly allowedIps: readonly string[]
  readonly metadata: JsonObject
  /** The key that the caller used. It must still stand when this one is inserted. */
  readonly createdWithKeyId: string | null
  readonly expiryBound: ExpiryBound | null
}

/** Where a name must be unique: among an organization's API keys, or among one person's keys there. */
const nameScopeOf = (organizationId: string, ownerId: string | null): string =>
  ownerId === null ? organizationId : `${organizationId}:${ownerId}`

/** Makes a secret, in clear and as it is stored. */
export const makeSecret = (
  prefix: string,
  kind: KeyKind,
  keyId: string,
  now: Date,
): { secret: string; row: KeySecretRow } => {
  const secret = newSecret(prefix, kind === 'API_KEY' ? 'ak' : 'pk')
  const row: KeySecretRow = {
    id: newId('secret'),
    keyId,
    hash: hashSecret(secret),
    hint: hintOf(secret),
    state: 'CURRENT',
    createdAt: now,
    validUntil: null,
    overlapFromFirstUse: null,
    lastUsedAt: null,
  }
  return { secret, row }
}

/** Creates keys of both kinds. */
export class CreateKey {
  private readonly parts: KeyParts

  constructor(parts: KeyParts) {
    this.parts = parts
  }

  /**
   * Creates an API key. Needs keys:operator, and grants at most the caller's own. It inherits the addresses that the
   * caller's key is restricted to; it survives the caller's key, because the organization owns it.
   * Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, POLICY_VIOLATION, LIMIT_REACHED, and CONFLICT where the name is taken.
   */
  async createApiKey(caller: Caller, input: CreateApiKeyInput): Promise<IssuedKey> {
    const { database, access, keyAccess, directory } = this.parts
    const { organizationId } = input
    await access.require(caller.principal, 'operateKeys', organizationId)
    if (input.projectId != null) checkId('project', input.projectId, 'projectId')
    const [modules, project] = await database.read((reader) =>
      Promise.all([
        directory.moduleNames(reader, organizationId),
        input.projectId == null ? null : findProject(reader, input.projectId),
      ]),
    )
    if (input.projectId != null && project?.organizationId !== organizationId) throw notFound('project')
    const issues = new InputIssues()
    const grants = checkGrants(issues, 'grants', input.grants, modules, 'key')
    const common = await this.checkCommon(caller.principal, issues, input, null)
    await keyAccess.requireCovers(caller.principal, organizationId, grants)
    return this.insert(caller.cause, {
      ...common,
      kind: 'API_KEY',
      projectId: project?.id ?? null,
      ownerId: null,
      grants,
    })
  }

  /**
   * Creates a personal access key of the caller, who must be a member. What a narrowed credential makes is narrowed alike,
   * within the same addresses, and expires no later than the key that it is made with. An access token is refused.
   * Throws as for an API key.
   */
  async createPersonalKey(caller: Caller, input: CreatePersonalKeyInput): Promise<IssuedKey> {
    const { database, access, keyAccess, directory } = this.parts
    const { principal } = caller
    const { organizationId } = input
    await access.requireVisible(principal, organizationId)
    if (principal.kind !== 'USER')
      throw forbidden([], 'Personal access keys belong to people: an API key has none. Create an API key instead.')
    requireOwnPowers(principal)
    const issues = new InputIssues()
    let grants = principal.narrowedTo
    if (input.grants != null) {
      const modules = await database.read((reader) => directory.moduleNames(reader, organizationId))
      grants = checkGrants(issues, 'grants', input.grants, modules, 'key')
    }
    const common = await this.checkCommon(principal, issues, input, boundOfCreator(principal))
    if (input.grants != null && grants !== null) await keyAccess.requireCovers(principal, organizationId, grants)
    return this.insert(caller.cause, {
      ...common,
      kind: 'PERSONAL_ACCESS_KEY',
      projectId: null,
      ownerId: principal.id,
      grants,
    })
  }

  /** The first key of somebody who has just become a member, in the transaction of their joining. */
  async issueFirst(
    writer: Writer,
    user: UserRow,
    organizationId: string,
    grants: readonly Grant[] | null,
    cause: Cause,
  ): Promise<IssuedKey> {
    const { clock, policies } = this.parts
    const policy = await policies.effective(writer, organizationId)
    const now = clock.now()
    const name = await this.freeName(writer, nameScopeOf(organizationId, user.id), 'First key', now)
    const draft: Draft = {
      kind: 'PERSONAL_ACCESS_KEY',
      organizationId,
      projectId: null,
      ownerId: user.id,
      name,
      description: null,
      grants,
      expiry: {},
      warnBefore: null,
      allowedIps: [],
      metadata: {},
      createdWithKeyId: null,
      expiryBound: null,
    }
    return this.insertIn(writer, cause, draft, policy, now)
  }

  private async checkCommon(
    principal: Principal,
    issues: InputIssues,
    input: CommonInput,
    expiryBound: ExpiryBound | null,
  ) {
    const { database, clock, policies } = this.parts
    const now = clock.now()
    const policy = await database.read((reader) => policies.effective(reader, input.organizationId))
    const name = checkName(issues, 'name', input.name)
    const description = checkDescription(issues, 'description', input.description)
    const ranges = checkRanges(issues, 'allowedIps', input.allowedIps ?? [])
    const metadata = checkMetadata(issues, 'metadata', input.metadata ?? {})
    issues.throwIfAny()
    const allowedIps = rangesOfNew(principal, ranges)
    const expiresAt = decideExpiry(input, policy, now, policy.defaultLifetime, expiryBound)
    const warnBefore =
      input.warnBefore == null
        ? null
        : checkOwnThresholds(issues, 'warnBefore', input.warnBefore, lifetimeOf({ expiresAt, lifetimeFrom: now }))
    issues.throwIfAny()
    const { organizationId, expiresIn, neverExpires } = input
    const expiry: WantedExpiry = { expiresAt: input.expiresAt, expiresIn, neverExpires }
    const createdWithKeyId = principal.credential.keyId
    return {
      organizationId,
      name,
      description,
      allowedIps,
      metadata,
      expiry,
      warnBefore,
      createdWithKeyId,
      expiryBound,
    }
  }

  private insert(cause: Cause, draft: Draft): Promise<IssuedKey> {
    const { database, policies, clock } = this.parts
    return database.write(async (writer) => {
      const policy = await policies.effective(writer, draft.organizationId)
      return this.insertIn(writer, cause, draft, policy, clock.now())
    })
  }

  private async insertIn(writer: Writer, cause: Cause, draft: Draft, policy: KeyPolicy, now: Date): Promise<IssuedKey> {
    const limits = await lockKeyLimits(writer, this.parts.directory, draft.organizationId)
    if (draft.ownerId !== null) await this.requireMembership(writer, draft.ownerId, draft.organizationId)
    // Ending a key ends all that were created with it: one that ends now must have seen this one, or refuse it.
    if (draft.createdWithKeyId !== null && !(await lockCreator(writer, draft.createdWithKeyId)))
      throw unauthenticated('REVOKED', 'The key that you use has just been revoked or suspended.')
    const nameScope = nameScopeOf(draft.organizationId, draft.ownerId)
    await requireFreeName(writer, nameScope, draft.name, now)
    await refuseTooManyKeys(writer, limits, now)
    const { expiry, expiryBound, ...facts } = draft
    const expiresAt = decideExpiry(expiry, policy, now, policy.defaultLifetime, expiryBound)
    const id = newId('key')
    const { secret, row } = makeSecret(this.parts.prefix, draft.kind, id, now)
    const fresh = {
      ...facts,
      id,
      searchText: searchable(draft.name, draft.description),
      activeName: draft.name,
      nameScope,
      createdAt: now,
      createdByKind: cause.actor.kind,
      createdById: cause.actor.id,
      createdByName: cause.actor.name,
      ...lifetimeFacts(expiresAt, now),
      warnedAt: null,
      expiryRecordedAt: null,
      suspendedAt: null,
      suspendedById: null,
      revokedAt: null,
      revocationReason: null,
      tokenEpoch: 0,
      lastUsedAt: null,
      lastUsedFrom: [],
      previousExpiresAt: null,
      previousLifetimeFrom: null,
      unusedWarnedAt: null,
    }
    const key: KeyRow = { ...fresh, dueAt: dueAtOf(fresh, policy, null) }
    await insertKey(writer, key, row)
    await this.parts.log.append(writer, key.organizationId, cause, keyCreated(key, row.hint))
    return { key, secret }
  }

  /** A membership that ends now has ended before, or ends after: its end revokes the keys that it finds, not later ones. */
  private async requireMembership(writer: Writer, ownerId: string, organizationId: string): Promise<void> {
    const path = (await this.parts.directory.findPath(organizationId, writer)) ?? []
    if ((await lockMemberships(writer, ownerId, path)).length === 0) throw notFound('organization')
  }

  private async freeName(writer: Writer, nameScope: string, name: string, now: Date): Promise<string> {
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : `${name} ${number}`
      if (await isNameFree(writer, nameScope, candidate, now)) return candidate
    }
  }
}
