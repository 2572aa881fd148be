import { normalizeGrants } from '../../../kernel/grants.ts'
import type { UpdateKeyInput } from '../../generated/graphql.ts'
import { type ChosenGrants, grantsOf } from '../../keys/grantable.ts'
import { splitRanges } from '../../keys/ranges.ts'
import type { KeyFacts } from './key-facts.ts'

/** The form of a change, as filled in. */
export interface EditDraft {
  readonly name: string
  readonly description: string
  readonly grants: ChosenGrants
  readonly ranges: string
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Only what differs from the key: what somebody else changes meanwhile stays as they left it. */
export const changeOf = (key: KeyFacts, draft: EditDraft): UpdateKeyInput => {
  const description = draft.description.trim()
  const grants = normalizeGrants(grantsOf(draft.grants))
  const allowedIps = splitRanges(draft.ranges)
  return {
    id: key.id,
    ...(draft.name.trim() !== key.name && { name: draft.name.trim() }),
    ...(description !== (key.description ?? '') && { description: description === '' ? null : description }),
    ...(!same(grants, normalizeGrants(key.grants)) && { grants }),
    ...(key.allowedIps != null && !same(allowedIps, key.allowedIps) && { allowedIps }),
  }
}
