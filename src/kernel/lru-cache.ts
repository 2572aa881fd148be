import { LRUCache } from 'lru-cache'

/**
 * A cache of at most `max` entries, of which the least recently used one is evicted first. With its own option `max`,
 * LRUCache allocates room for that many entries when it is created, used or not.
 *
 * @param onEvicted receives each value that leaves the cache
 */
export const lruCache = <Value extends {}>(
  max: number,
  onEvicted: ((value: Value) => void) | null = null,
): LRUCache<string, Value> =>
  new LRUCache<string, Value>({
    maxSize: max,
    sizeCalculation: () => 1,
    ...(onEvicted === null ? {} : { dispose: (value: Value) => onEvicted(value) }),
  })
