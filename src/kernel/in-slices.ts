import { setImmediate } from 'node:timers/promises'

/** Items of a slice. What is done with an item takes microseconds, so a slice takes a few milliseconds. */
const SLICE = 500

/**
 * Maps many items in slices, between which other work of the process runs.
 *
 * @param map synchronous work of microseconds
 */
export const mapInSlices = async <Item, Result>(
  items: readonly Item[],
  map: (item: Item, index: number) => Result,
): Promise<Result[]> => {
  const results: Result[] = []
  for (let start = 0; start < items.length; start += SLICE) {
    if (start > 0) await setImmediate()
    for (const item of items.slice(start, start + SLICE)) results.push(map(item, results.length))
  }
  return results
}
