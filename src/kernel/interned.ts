import { lruCache } from './lru-cache.ts'

const MAX_VALUES = 10_000

/**
 * Returns one object for all equal values, so that cached objects share what they have in common. Values are equal if their JSON is,
 * and must not be changed. At most 10,000 values are known: others are returned as they are given.
 */
export class Interned<Value extends object> {
  private readonly known = lruCache<Value>(MAX_VALUES)

  of(value: Value): Value {
    const text = JSON.stringify(value)
    const known = this.known.get(text)
    if (known !== undefined) return known
    this.known.set(text, value)
    return value
  }
}
