import type { RawSearch } from '../../app/search.ts'

/** Checks the search parameters of the screen: its state that belongs into the address. */
export const AuditSearch = (_: RawSearch): Record<never, never> => ({})
