import { describe, expect, it } from 'vitest'
import { filterOf, isFiltered, listOf, orderOf, pageOf } from '../../src/console/screens/keys/key-query.ts'
import { KeysSearch } from '../../src/console/screens/keys/search.ts'

const NOW = Date.parse('2026-11-26T12:00:00Z')

describe('the address of the list of keys', () => {
  it('keeps what is valid and drops the rest', () => {
    const valid = { q: 'deploy', status: ['ACTIVE', 'EXPIRED'], expires: '30d', sort: 'used', dir: 'asc', size: 25 }
    expect(KeysSearch({ ...valid, kind: 'other', unused: '1d', page: 3, after: 'x'.repeat(1_001) })).toEqual({
      ...valid,
      size: '25',
    })
  })

  it('finds keys by a number, which the router does not parse as text', () => {
    expect(KeysSearch({ q: 42 })).toEqual({ q: '42' })
  })

  it('becomes the filter of the API, with everything below the organization', () => {
    expect(filterOf({ q: 'ci', status: ['ACTIVE'], expires: '7d', unused: '90d', policy: 'violated' }, NOW)).toEqual({
      includeSuborganizations: true,
      search: 'ci',
      status: ['ACTIVE'],
      expiringBefore: '2026-12-03T12:00:00.000Z',
      unusedSince: '2026-08-28T12:00:00.000Z',
      conformsToPolicy: false,
    })
    expect(filterOf({ scope: 'here', expires: 'never' }, NOW)).toEqual({
      includeSuborganizations: false,
      neverExpires: true,
    })
  })

  it('shows the newest keys first, and the first letters or expiries where it is sorted by these', () => {
    expect(orderOf({})).toEqual({ field: 'CREATED_AT', direction: 'DESC' })
    expect(orderOf({ sort: 'name' })).toEqual({ field: 'NAME', direction: 'ASC' })
    expect(orderOf({ sort: 'expires', dir: 'desc' })).toEqual({ field: 'EXPIRES_AT', direction: 'DESC' })
  })

  it('pages forwards and backwards from a cursor', () => {
    expect(pageOf({})).toEqual({ first: 50 })
    expect(pageOf({ size: '25', after: 'a' })).toEqual({ first: 25, after: 'a' })
    expect(pageOf({ before: 'b' })).toEqual({ last: 50, before: 'b' })
  })

  it('reads personal keys only for those who may', () => {
    expect(listOf({}, true)).toEqual({ isAll: true, isApi: false, isPersonal: false })
    expect(listOf({ kind: 'personal' }, true)).toEqual({ isAll: false, isApi: false, isPersonal: true })
    expect(listOf({ kind: 'personal' }, false)).toEqual({ isAll: false, isApi: true, isPersonal: false })
  })

  it('counts sorting and paging as no filter', () => {
    expect(isFiltered({ sort: 'name', dir: 'asc', size: '25', after: 'a' })).toBe(false)
    expect(isFiltered({ q: 'a' })).toBe(true)
  })
})
