import type { GovernedKeys } from '../policies/governed-keys.ts'
import { listNonConforming } from './key-counts.store.ts'
import { makeDue } from './keys.store.ts'

/** The keys that policies apply to. */
export const governedKeys: GovernedKeys = { makeDue, listNonConforming }
