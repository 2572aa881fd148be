import { defined, oneOf, type RawSearch, text } from '../../app/search.ts'

/** Which warnings are shown, and the page. */
export const WarningsSearch = (search: RawSearch) =>
  defined({
    show: oneOf(search, 'show', ['acknowledged', 'all'] as const),
    after: text(search, 'after'),
    before: text(search, 'before'),
  })
