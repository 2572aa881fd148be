import type { DocumentNode } from 'graphql'
import { LRUCache } from 'lru-cache'

/**
 * Total number of characters of the cached documents. A parsed document takes up to 300 times as many bytes as it has
 * characters. Documents of clients have a few hundred.
 */
const MAX_CHARACTERS = 250_000

const createCache = <Value extends object>(most: number) =>
  new LRUCache<string, Value>({ maxSize: most, sizeCalculation: (_, text) => Math.max(1, text.length) })

/** Caches of parsed documents and of syntax errors, bounded by their total size. */
export const createDocumentCaches = () => ({
  documentCache: createCache<DocumentNode>(MAX_CHARACTERS),
  errorCache: createCache<Error>(MAX_CHARACTERS),
})
