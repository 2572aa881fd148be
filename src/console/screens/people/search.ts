import { defined, oneOf, type RawSearch, text } from '../../app/search.ts'

export const PEOPLE_TABS = ['members', 'keys', 'invitations'] as const
export type PeopleTab = (typeof PEOPLE_TABS)[number]

/** Checks the search parameters of the screen: its tab, its search, and the page of its list. */
export const PeopleSearch = (search: RawSearch) =>
  defined({ tab: oneOf(search, 'tab', PEOPLE_TABS), q: text(search, 'q', 100), after: text(search, 'after') })

export type PeopleSearch = ReturnType<typeof PeopleSearch>
