import { formatGrant, type Grant, missingGrants } from '../../../kernel/grants.ts'
import type { Rights } from '../../rights/rights.ts'
import { type KeyFacts, rotationOf } from './key-facts.ts'

/** Why each action on a key is not possible for the person; null where it is. */
export interface KeyRefusals {
  readonly edit: string | null
  readonly rotate: string | null
  readonly finishRotation: string | null
  readonly suspend: string | null
  readonly resume: string | null
  readonly revoke: string | null
}

/** What the rules are about: a key as its page or a list of keys shows it. */
export interface RuledKey {
  readonly status: KeyFacts['status']
  readonly grants: readonly Grant[]
  /** Whose personal access key it is; undefined for an API key. */
  readonly owner?: { readonly id: string; readonly name: string }
  readonly createdBy?: { readonly id: string | null } | null
  /** A list does not load them: there, nothing is known of a rotation under way. */
  readonly secrets?: KeyFacts['secrets']
}

/** Changes need what the key carries: whoever rotates it holds its new secret. */
const changeRefusal = ({ owner, grants }: RuledKey, userId: string | undefined, rights: Rights): string | null => {
  if (owner !== undefined)
    return owner.id === userId ? null : `Only its owner, ${owner.name}, changes a personal access key.`
  const denied = rights.denied('keys', 'OPERATOR')
  if (denied) return denied
  const missing = missingGrants(rights.grants, grants).map(formatGrant)
  return missing.length === 0
    ? null
    : `You need ${missing.join(' and ')}, because the key has it and you would hold its secret.`
}

/** Operators end the keys that they made; managers end all. */
const endRefusal = ({ owner, createdBy }: RuledKey, userId: string | undefined, rights: Rights): string | null => {
  if (owner !== undefined && owner.id === userId) return null
  if (rights.has('keys', 'MANAGER')) return null
  const made = owner === undefined && createdBy?.id != null && createdBy.id === userId
  if (made && rights.has('keys', 'OPERATOR')) return null
  return 'You need keys:manager for this, because somebody else made the key.'
}

const notIn = (key: RuledKey, ...states: KeyFacts['status'][]): string | null =>
  states.includes(key.status) ? null : `The key is ${key.status.toLowerCase()}.`

/**
 * The rules of the server, as far as the page can know them. `suspendedById`: who suspended it, from the history; what
 * somebody else suspended is for managers to resume.
 */
export const refusalsOf = (
  key: RuledKey,
  userId: string | undefined,
  rights: Rights,
  suspendedById?: string | null,
): KeyRefusals => {
  const change = changeRefusal(key, userId, rights)
  const end = endRefusal(key, userId, rights)
  const byOthers = suspendedById != null && suspendedById !== userId && !rights.has('keys', 'MANAGER')
  const { secrets = [], status } = key
  const rotating = rotationOf({ secrets, status }) ? 'A rotation is under way: complete or cancel it first.' : null
  return {
    edit: notIn(key, 'ACTIVE', 'SUSPENDED', 'EXPIRED') ?? change,
    rotate: notIn(key, 'ACTIVE', 'EXPIRED') ?? rotating ?? change,
    finishRotation: change,
    suspend: notIn(key, 'ACTIVE') ?? end,
    resume:
      notIn(key, 'SUSPENDED') ??
      (byOthers ? 'You need keys:manager for this, because somebody else suspended the key.' : end),
    revoke: notIn(key, 'ACTIVE', 'SUSPENDED', 'EXPIRED') ?? end,
  }
}
