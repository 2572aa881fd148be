import { type Principal, requireOwnPowers } from '../../access/principal.ts'
import type { Cause } from '../../audit/audit-event.ts'
import type { Caller } from '../../audit/caller.ts'
import { forbidden, InputIssues, notFound } from '../../kernel/errors.ts'
import type { Grant } from '../../kernel/grants.ts'
import { checkId } from '../../kernel/ids.ts'
import type { UserRow } from '../../memberships/member.entity.ts'
import { checkGrants } from '../../organizations/check-grants.ts'
import { findProject } from '../../organizations/organizations.store.ts'
import type { Writer } from '../../persistence/database.ts'
import { boundOfCreator } from '../descent.ts'
import { type CommonDraft, checkNewKey, type NewKeyInput } from './check-new-key.ts'
import { insertNewKey, type KeyDraft, nameScopeOf } from './insert-key.ts'
import { isNameFree } from './key-name.ts'
import type { KeyParts } from './key-parts.ts'
import type { ExpiryBound } from './lifetime.ts'
import type { IssuedKey } from './make-secret.ts'

export interface CreateApiKeyInput extends NewKeyInput {
  readonly projectId?: string | null | undefined
  readonly grants: readonly Grant[]
}
export interface CreatePersonalKeyInput extends NewKeyInput {
  /** A subset of what the member may do. Default: all of it. */
  readonly grants?: readonly Grant[] | null | undefined
}

/** Creates keys of both kinds. */
export class CreateKey {
  private readonly parts: KeyParts

  constructor(parts: KeyParts) {
    this.parts = parts
  }

  /**
   * Creates an API key. Requires keys:operator and every grant that the key gets. The key inherits the address restrictions
   * of the caller's key. It is not revoked with the caller's key, because the organization owns it.
   * Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, POLICY_VIOLATION, LIMIT_REACHED, CONFLICT if the name is taken.
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
    const common = await this.check(caller.principal, issues, input, null)
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
   * Creates a personal access key of the caller, who must be a member. The key has at most the grants, addresses and expiry
   * of the key that the caller uses. Access tokens are refused. Throws the same errors as for an API key.
   */
  async createPersonalKey(caller: Caller, input: CreatePersonalKeyInput): Promise<IssuedKey> {
    const { database, access, keyAccess, directory } = this.parts
    const { principal } = caller
    const { organizationId } = input
    await access.requireVisible(principal, organizationId)
    if (principal.kind !== 'USER')
      throw forbidden(
        [],
        'Personal access keys belong to people: a machine cannot have one. Create an API key instead.',
      )
    requireOwnPowers(principal)
    const issues = new InputIssues()
    let grants = principal.narrowedTo
    if (input.grants != null) {
      const modules = await database.read((reader) => directory.moduleNames(reader, organizationId))
      grants = checkGrants(issues, 'grants', input.grants, modules, 'key')
    }
    const common = await this.check(principal, issues, input, boundOfCreator(principal))
    if (input.grants != null && grants !== null) await keyAccess.requireCovers(principal, organizationId, grants)
    return this.insert(caller.cause, {
      ...common,
      kind: 'PERSONAL_ACCESS_KEY',
      projectId: null,
      ownerId: principal.id,
      grants,
    })
  }

  /** Creates the first key of a new member, in the transaction that adds the member. */
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
    const draft: KeyDraft = {
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
    return insertNewKey(this.parts, writer, cause, draft, policy, now)
  }

  private async check(
    principal: Principal,
    issues: InputIssues,
    input: NewKeyInput,
    expiryBound: ExpiryBound | null,
  ): Promise<CommonDraft> {
    const { database, clock, policies } = this.parts
    const now = clock.now()
    const policy = await database.read((reader) => policies.effective(reader, input.organizationId))
    return checkNewKey(principal, issues, input, policy, expiryBound, now)
  }

  private insert(cause: Cause, draft: KeyDraft): Promise<IssuedKey> {
    const { database, policies, clock } = this.parts
    return database.writeFor(draft.organizationId, async (writer) => {
      const policy = await policies.effective(writer, draft.organizationId)
      return insertNewKey(this.parts, writer, cause, draft, policy, clock.now())
    })
  }

  private async freeName(writer: Writer, nameScope: string, name: string, now: Date): Promise<string> {
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : `${name} ${number}`
      if (await isNameFree(writer, nameScope, candidate, now)) return candidate
    }
  }
}
