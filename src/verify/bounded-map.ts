/** A map with a largest size that keeps the newest entries. */
export class BoundedMap<K, V> {
  private readonly limit: number
  private readonly onEvicted: (key: K, value: V) => void
  private readonly entries = new Map<K, V>()

  constructor(limit: number, onEvicted: (key: K, value: V) => void = () => undefined) {
    this.limit = limit
    this.onEvicted = onEvicted
  }

  get size(): number {
    return this.entries.size
  }

  get(key: K): V | undefined {
    return this.entries.get(key)
  }

  /** Adds or replaces an entry, and makes it the newest. */
  set(key: K, value: V): void {
    this.entries.delete(key)
    this.entries.set(key, value)
    if (this.entries.size <= this.limit) return
    for (const [oldest, evicted] of this.entries) {
      this.entries.delete(oldest)
      this.onEvicted(oldest, evicted)
      return
    }
  }

  delete(key: K): void {
    this.entries.delete(key)
  }

  /** Removes the oldest entries, up to the first one that is still needed. */
  dropOldest(isOver: (value: V) => boolean): void {
    for (const [key, value] of this.entries) {
      if (!isOver(value)) return
      this.entries.delete(key)
    }
  }
}
