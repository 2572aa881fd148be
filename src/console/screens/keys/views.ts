import { useState } from 'react'
import { KeysSearch } from './search.ts'

/** A named state of the list, without its page. */
export interface View {
  readonly name: string
  readonly search: KeysSearch
}

/** What most people look for. */
export const BUILT_IN_VIEWS: readonly View[] = [
  { name: 'All', search: {} },
  { name: 'Expiring', search: { status: ['ACTIVE'], expires: '30d', sort: 'expires', dir: 'asc' } },
  { name: 'Unused', search: { status: ['ACTIVE'], unused: '90d' } },
  { name: 'Never expire', search: { status: ['ACTIVE'], expires: 'never' } },
  { name: 'Against the policy', search: { status: ['ACTIVE'], policy: 'violated' } },
]

const NAME = 'keyturn.views.keys'
const MOST_VIEWS = 20
const LONGEST_NAME = 40

/** The state that a view keeps. The page is none of it. */
const withoutPage = ({ after, before, ...search }: KeysSearch): KeysSearch => search

export const isSameSearch = (a: KeysSearch, b: KeysSearch): boolean => {
  const text = (search: KeysSearch) =>
    JSON.stringify(Object.entries(withoutPage(search)).sort(([left], [right]) => (left < right ? -1 : 1)))
  return text(a) === text(b)
}

const parse = (stored: string | null): View[] => {
  try {
    const list: unknown = JSON.parse(stored ?? '[]')
    if (!Array.isArray(list)) return []
    return list.slice(0, MOST_VIEWS).flatMap((one: unknown) => {
      if (typeof one !== 'object' || one === null || !('name' in one) || !('search' in one)) return []
      const { name, search } = one
      if (typeof name !== 'string' || typeof search !== 'object' || search === null) return []
      return [{ name: name.slice(0, LONGEST_NAME), search: KeysSearch({ ...search }) }]
    })
  } catch {
    // Somebody else's text under our name: start anew.
    return []
  }
}

/** The person's own views, kept in this browser. */
export const useSavedViews = () => {
  const [views, setViews] = useState(() => parse(localStorage.getItem(NAME)))
  const store = (next: View[]) => {
    localStorage.setItem(NAME, JSON.stringify(next))
    setViews(next)
  }
  return {
    views,
    save: (name: string, search: KeysSearch) => {
      const given = name.trim().slice(0, LONGEST_NAME)
      if (given === '') return
      const others = views.filter((view) => view.name !== given)
      store([...others, { name: given, search: withoutPage(search) }].slice(-MOST_VIEWS))
    },
    remove: (name: string) => store(views.filter((view) => view.name !== name)),
  }
}
