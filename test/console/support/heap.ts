import type { Page } from 'playwright-core'

/** Every string that the scripts of a page can still reach, after a garbage collection, as one text. */
export const heapOf = async (page: Page): Promise<string> => {
  const devtools = await page.context().newCDPSession(page)
  const chunks: string[] = []
  devtools.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk))
  await devtools.send('HeapProfiler.collectGarbage')
  await devtools.send('HeapProfiler.takeHeapSnapshot', {})
  await devtools.detach()
  const snapshot: unknown = JSON.parse(chunks.join(''))
  if (typeof snapshot !== 'object' || snapshot === null || !('strings' in snapshot))
    throw new Error('No heap snapshot.')
  return JSON.stringify(snapshot.strings)
}
