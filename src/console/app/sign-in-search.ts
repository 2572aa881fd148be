import { defined, type RawSearch, text } from './search.ts'

/** Where to go after signing in, and why a session or an attempt ended. */
export const SignInSearch = (search: RawSearch) =>
  defined({ return: text(search, 'return', 2_000), reason: text(search, 'reason', 40) })
