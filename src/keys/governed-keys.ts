import type { GovernedKeys } from '../policies/update-policy.ts'
import { listNonConforming } from './key-listing.store.ts'
import { makeDue } from './keys.store.ts'

/** The keys that policies apply to. */
export const governedKeys: GovernedKeys = { makeDue, listNonConforming }
