import { requireOwnPowers } from '../../access/principal.ts'
import type { Cause } from '../../audit/audit-event.ts'
import type { Caller } from '../../audit/caller.ts'
import { forbidden } from '../../kernel/errors.ts'
import type { Grant } from '../../kernel/grants.ts'
import { checkId } from '../../kernel/ids.ts'
import { succeeded } from '../../kernel/outcome.ts'
import type { UserRow } from '../../memberships/member.entity.ts'
import type { Writer } from '../../persistence/database.ts'
import { GroupedWrites } from '../../persistence/grouped-writes.ts'
import { boundOfCreator } from '../descent.ts'
import type { NewKeyInput } from './check-new-key.ts'
import { createKeys, type KeyRequest } from './create-keys-together.ts'
import { insertNewKeys, type KeyDraft, nameScopeOf } from './insert-keys.ts'
import { isNameFree } from './key-name.ts'
import type { KeyParts } from './key-parts.ts'
import type { IssuedKey } from './make-secret.ts'

export interface CreateApiKeyInput extends NewKeyInput {
  readonly projectId?: string | null | undefined
  readonly grants: readonly Grant[]
}
export interface CreatePersonalKeyInput extends NewKeyInput {
  /** A subset of what the member may do. Default: all of it. */
  readonly grants?: readonly Grant[] | null | undefined
}

const LARGEST_GROUP = 128

/** Creates keys of both kinds. Keys that are created at the same time in an organization share one transaction. */
export class CreateKey {
  private readonly parts: KeyParts
  private readonly creations: GroupedWrites<KeyRequest, IssuedKey>

  constructor(parts: KeyParts) {
    this.parts = parts
    this.creations = new GroupedWrites(parts.database, LARGEST_GROUP, (writer, organizationId, requests) =>
      createKeys(parts, writer, organizationId, requests),
    )
  }

  /**
   * Creates an API key. Requires keys:operator and every grant that the key gets. The key inherits the address restrictions
   * of the caller's key. It is not revoked with the caller's key, because the organization owns it.
   * Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, POLICY_VIOLATION, LIMIT_REACHED, CONFLICT if the name is taken.
   */
  async createApiKey(caller: Caller, input: CreateApiKeyInput): Promise<IssuedKey> {
    const { access } = this.parts
    const { organizationId, projectId = null } = input
    await access.require(caller.principal, 'operateKeys', organizationId)
    if (projectId !== null) checkId('project', projectId, 'projectId')
    return this.creations.run(organizationId, {
      caller,
      held: await access.grantsIn(caller.principal, organizationId),
      input,
      kind: 'API_KEY',
      projectId,
      ownerId: null,
      grants: input.grants,
      defaultGrants: null,
      expiryBound: null,
    })
  }

  /**
   * Creates a personal access key of the caller, who must be a member. The key has at most the grants, addresses and expiry
   * of the key that the caller uses. Access tokens are refused. Throws the same errors as for an API key.
   */
  async createPersonalKey(caller: Caller, input: CreatePersonalKeyInput): Promise<IssuedKey> {
    const { access } = this.parts
    const { principal } = caller
    const { organizationId } = input
    await access.requireVisible(principal, organizationId)
    if (principal.kind !== 'USER')
      throw forbidden(
        [],
        'Personal access keys belong to people: a machine cannot have one. Create an API key instead.',
      )
    requireOwnPowers(principal)
    return this.creations.run(organizationId, {
      caller,
      held: await access.grantsIn(principal, organizationId),
      input,
      kind: 'PERSONAL_ACCESS_KEY',
      projectId: null,
      ownerId: principal.id,
      grants: input.grants ?? null,
      defaultGrants: principal.narrowedTo,
      expiryBound: boundOfCreator(principal),
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
    const own = await policies.listOwn(writer, organizationId)
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
    const [issued] = await insertNewKeys(this.parts, writer, organizationId, [succeeded({ draft, cause })], own, now)
    if (issued?.ok !== true) throw issued?.error ?? new Error('The insertion of one key must have one outcome.')
    return issued.value
  }

  private async freeName(writer: Writer, nameScope: string, name: string, now: Date): Promise<string> {
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : `${name} ${number}`
      if (await isNameFree(writer, nameScope, candidate, now)) return candidate
    }
  }
}
