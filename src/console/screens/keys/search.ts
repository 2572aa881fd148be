import { defined, oneOf, type RawSearch, someOf, text } from '../../app/search.ts'

const STATUSES = ['ACTIVE', 'SUSPENDED', 'EXPIRED', 'REVOKED'] as const
const PERIODS = ['7d', '30d', '90d', '180d'] as const
export const PAGE_SIZES = ['25', '50', '100'] as const

/** The state of the list of keys: filters, sorting and page. */
export const KeysSearch = (search: RawSearch) =>
  defined({
    q: text(search, 'q'),
    kind: oneOf(search, 'kind', ['api', 'personal']),
    status: someOf(search, 'status', STATUSES),
    expires: oneOf(search, 'expires', [...PERIODS, 'never']),
    unused: oneOf(search, 'unused', PERIODS),
    policy: oneOf(search, 'policy', ['violated', 'met']),
    module: text(search, 'module', 50),
    scope: oneOf(search, 'scope', ['here']),
    sort: oneOf(search, 'sort', ['name', 'expires', 'used', 'created']),
    dir: oneOf(search, 'dir', ['asc', 'desc']),
    size: oneOf({ size: text(search, 'size') }, 'size', PAGE_SIZES),
    after: text(search, 'after', 1_000),
    before: text(search, 'before', 1_000),
  })

export type KeysSearch = ReturnType<typeof KeysSearch>
