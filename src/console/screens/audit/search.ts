import { defined, type RawSearch, text } from '../../app/search.ts'

const TYPE = /^[A-Z_]{3,60}$/
const DAY = /^\d{4}-\d{2}-\d{2}$/

const matching = (search: RawSearch, name: string, pattern: RegExp): string | undefined => {
  const value = text(search, name)
  return value !== undefined && pattern.test(value) ? value : undefined
}

/** Checks the search parameters of the screen: its filters, the page, and the event that is shown. */
export const AuditSearch = (search: RawSearch) =>
  defined({
    /** A type of event, or a group of types. */
    type: matching(search, 'type', TYPE),
    actor: text(search, 'actor', 60),
    target: text(search, 'target', 60),
    /** Days, in UTC. */
    from: matching(search, 'from', DAY),
    to: matching(search, 'to', DAY),
    after: text(search, 'after'),
    event: text(search, 'event', 60),
  })

export type AuditSearch = ReturnType<typeof AuditSearch>
