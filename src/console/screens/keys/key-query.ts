import type { KeyFilter, KeyOrderField } from '../../generated/graphql.ts'
import type { KeysSearch } from './search.ts'

const DAY_MS = 86_400_000
const FIELDS = { name: 'NAME', expires: 'EXPIRES_AT', used: 'LAST_USED_AT', created: 'CREATED_AT' } as const

/** An instant that many days from now, in the past where the number is negative. */
const daysFrom = (now: number, days: number): string => new Date(now + days * DAY_MS).toISOString()

const daysOf = (period: string): number => Number.parseInt(period, 10)

/** The filter of the API for the state in the address. */
export const filterOf = (search: KeysSearch, now: number): KeyFilter => {
  const { q, status, expires, unused, policy, module, scope } = search
  return {
    includeSuborganizations: scope !== 'here',
    ...(q === undefined ? {} : { search: q }),
    ...(status === undefined ? {} : { status }),
    ...(expires === undefined
      ? {}
      : expires === 'never'
        ? { neverExpires: true }
        : { expiringBefore: daysFrom(now, daysOf(expires)) }),
    ...(unused === undefined ? {} : { unusedSince: daysFrom(now, -daysOf(unused)) }),
    ...(policy === undefined ? {} : { conformsToPolicy: policy === 'met' }),
    ...(module === undefined ? {} : { module }),
  }
}

/** The order for the state in the address: the newest first where none is given. */
export const orderOf = ({ sort, dir }: KeysSearch): { field: KeyOrderField; direction: 'ASC' | 'DESC' } => ({
  field: FIELDS[sort ?? 'created'],
  direction:
    dir === undefined ? (sort === undefined || sort === 'created' ? 'DESC' : 'ASC') : dir === 'asc' ? 'ASC' : 'DESC',
})

/** The page for the state in the address. */
export const pageOf = ({ after, before, size }: KeysSearch) => {
  const count = Number(size ?? 50)
  if (before !== undefined) return { last: count, before }
  return after === undefined ? { first: count } : { first: count, after }
}

/** Which of the three lists to read. Who may not read personal keys has the API keys alone. */
export const listOf = ({ kind }: KeysSearch, readsPersonal: boolean) => ({
  isAll: kind === undefined && readsPersonal,
  isApi: kind === 'api' || !readsPersonal,
  isPersonal: kind === 'personal' && readsPersonal,
})

/** Whether anything narrows the list. */
export const isFiltered = ({ sort, dir, size, after, before, ...filters }: KeysSearch): boolean =>
  Object.keys(filters).length > 0
