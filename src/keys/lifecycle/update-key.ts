import type { Caller } from '../../audit/caller.ts'
import { changesOf } from '../../audit/events/event-draft.ts'
import { keyUpdated } from '../../audit/events/key-events.ts'
import type { JsonObject } from '../../audit-chain/canonical-json.ts'
import { type DurationSeconds, formatDuration } from '../../kernel/duration.ts'
import { badInput, conflict, InputIssues, notFound } from '../../kernel/errors.ts'
import { formatGrant, type Grant } from '../../kernel/grants.ts'
import { checkDescription, checkName } from '../../kernel/text.ts'
import { checkGrants } from '../../organizations/check-grants.ts'
import { requireRangesWithin } from '../descent.ts'
import type { KeyRow } from '../key.entity.ts'
import { lifetimeOf, searchable, statusOf } from '../key.ts'
import { listLiveSecrets } from '../key-secrets.store.ts'
import { lockKey, updateKey } from '../keys.store.ts'
import { checkMetadata, checkOwnThresholds, checkRanges } from './key-input.ts'
import { requireFreeName } from './key-name.ts'
import type { KeyParts } from './key-parts.ts'
import { dueAtOf } from './warning-plan.ts'

/** A field that is omitted keeps its value. A null description removes it, null thresholds are those of the policy. */
export interface UpdateKeyInput {
  readonly id: string
  readonly name?: string | null | undefined
  readonly description?: string | null | undefined
  readonly grants?: readonly Grant[] | null | undefined
  readonly warnBefore?: readonly DurationSeconds[] | null | undefined
  readonly allowedIps?: readonly string[] | null | undefined
  readonly metadata?: JsonObject | null | undefined
}

/** Changes the name, grants, addresses, thresholds and metadata of a key, but not its secret or expiry. */
export class UpdateKey {
  private readonly parts: KeyParts

  constructor(parts: KeyParts) {
    this.parts = parts
  }

  /**
   * Changes a key. A caller whose key is restricted to addresses cannot lift such a restriction.
   * Throws BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT if the name is taken or the key is revoked.
   */
  async update(caller: Caller, input: UpdateKeyInput): Promise<KeyRow> {
    const { database, clock, directory, policies, keyAccess, log } = this.parts
    const { principal } = caller
    const seen = await keyAccess.requireChange(principal, input.id, 'not by itself')
    const issues = new InputIssues()
    const change: Partial<KeyRow> = {}
    if (input.name != null) change.name = checkName(issues, 'name', input.name)
    if (input.description !== undefined) change.description = checkDescription(issues, 'description', input.description)
    if (input.allowedIps != null) change.allowedIps = checkRanges(issues, 'allowedIps', input.allowedIps)
    if (input.metadata != null) change.metadata = checkMetadata(issues, 'metadata', input.metadata)
    if (input.grants != null) {
      const modules = await database.read((reader) => directory.moduleNames(reader, seen.organizationId))
      change.grants = checkGrants(issues, 'grants', input.grants, modules, 'key')
    }
    if (input.warnBefore !== undefined)
      change.warnBefore =
        input.warnBefore === null ? null : checkOwnThresholds(issues, 'warnBefore', input.warnBefore, lifetimeOf(seen))
    issues.throwIfAny()
    if (change.allowedIps !== undefined) requireRangesWithin(principal, change.allowedIps)
    if (change.grants != null) await keyAccess.requireCovers(principal, seen.organizationId, change.grants)
    if (Object.keys(input).length === 1) throw badInput('id', 'set at least one field to change besides the id')
    return database.writeFor(seen.organizationId, async (writer) => {
      const now = clock.now()
      const key = await lockKey(writer, seen.id)
      if (key === null) throw notFound('key')
      if (statusOf(key, now) === 'REVOKED') throw conflict('This key has been revoked and can no longer be changed.')
      if (change.name !== undefined && change.name !== key.name) {
        if (key.activeName !== null) {
          await requireFreeName(writer, key.nameScope, change.name, now)
          change.activeName = change.name
        }
      }
      const policy = await policies.effective(writer, key.organizationId)
      // Including an overlap that has just ended: the sweeper still has to record it.
      const retiring = (await listLiveSecrets(writer, key.id)).find((secret) => secret.state === 'RETIRING')
      const { name, description } = { ...key, ...change }
      change.searchText = searchable(name, description)
      const updated = { ...key, ...change }
      const dueAt = dueAtOf(updated, policy, retiring?.validUntil ?? null)
      if (!(await updateKey(writer, key.id, { ...change, dueAt }))) throw conflict('This key has just been revoked.')
      await log.append(writer, key.organizationId, caller.cause, keyUpdated(updated, describe(key, updated)))
      return { ...updated, dueAt }
    })
  }
}

const shown = (key: KeyRow) => ({
  name: key.name,
  description: key.description,
  grants: key.grants?.map(formatGrant) ?? null,
  warnBefore: key.warnBefore?.map(formatDuration) ?? null,
  allowedIps: key.allowedIps,
  metadata: key.metadata,
})

const describe = (before: KeyRow, after: KeyRow): JsonObject => changesOf(shown(before), shown(after))
