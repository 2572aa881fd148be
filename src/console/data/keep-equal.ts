/** Deeper data is taken as it is: documents are not that deep, and details of an event could be. */
const DEEPEST = 24

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const idOf = (item: unknown): unknown => (isObject(item) ? (item.id ?? idOf(item.node)) : undefined)

const listWith = (before: readonly unknown[], after: readonly unknown[], depth: number): readonly unknown[] => {
  const known = new Map(before.map((item, index) => [idOf(item) ?? index, item]))
  const items = after.map((item, index) => keptEqual(known.get(idOf(item) ?? index), item, depth))
  return items.length === before.length && items.every((item, index) => item === before[index]) ? before : items
}

/**
 * `after`, with each part that equals its part of `before` replaced by that: a part that did not change stays the same
 * object, and what shows it does not render again. Items of lists are matched by their id.
 */
export const keptEqual = (before: unknown, after: unknown, depth = 0): unknown => {
  if (Object.is(before, after)) return before
  if (depth > DEEPEST) return after
  if (Array.isArray(before) && Array.isArray(after)) return listWith(before, after, depth + 1)
  if (!isObject(before) || !isObject(after)) return after
  const entries = Object.entries(after).map(
    ([name, value]) => [name, keptEqual(before[name], value, depth + 1)] as const,
  )
  const isSame =
    entries.length === Object.keys(before).length &&
    entries.every(([name, value]) => name in before && value === before[name])
  return isSame ? before : Object.fromEntries(entries)
}

/** Results that are compared with the next one of the same query. */
const MOST_KEPT = 60

/** Remembers the last result of each query, the ones used last. */
export class LastResults {
  private readonly kept = new Map<number, unknown>()

  /** The data of a query, sharing what did not change with the last data of the same query. */
  share(query: number, data: unknown): unknown {
    const shared = keptEqual(this.kept.get(query), data)
    this.kept.delete(query)
    this.kept.set(query, shared)
    const [oldest] = this.kept.keys()
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest)
    return shared
  }
}
