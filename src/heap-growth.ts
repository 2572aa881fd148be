// V8 collects old objects only once a heap is two to three times as large as what lives in it: 100,000 keys in use take 25 MB more
// than with this. A large heap is collected after less growth. A small one is not: the pages of lists would take a fifth longer.
import { getHeapStatistics, setFlagsFromString } from 'node:v8'

const INTERVAL_MS = 1_000
const LARGE_BYTES = 120e6
/** Growth of a large heap until the next collection. */
const PERCENT = 20

let isLarge = false

setInterval(() => {
  const large = getHeapStatistics().used_heap_size > LARGE_BYTES
  if (large === isLarge) return
  isLarge = large
  // 0 leaves it to V8.
  setFlagsFromString(`--heap-growing-percent=${large ? PERCENT : 0}`)
}, INTERVAL_MS).unref()
