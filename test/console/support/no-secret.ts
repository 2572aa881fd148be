import type { Page } from 'playwright-core'

/** Everything in a page that outlives a moment, as one text per place. Runs in the page. */
const placesOf = async (): Promise<Record<string, string>> => {
  const dump = (storage: Storage) => JSON.stringify({ ...storage })
  const fields = [...document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')]
  const databases: unknown[] = []
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open(name)
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    for (const store of database.objectStoreNames)
      databases.push(
        await new Promise((resolve, reject) => {
          const reading = database.transaction(store).objectStore(store).getAll()
          reading.onsuccess = () => resolve(reading.result)
          reading.onerror = () => reject(reading.error)
        }),
      )
    database.close()
  }
  const cached: string[] = []
  for (const name of 'caches' in self ? await caches.keys() : [])
    for (const request of await (await caches.open(name)).keys()) cached.push(request.url)
  return {
    DOM: document.documentElement.outerHTML,
    'values of fields': JSON.stringify(fields.map(({ value }) => value)),
    localStorage: dump(localStorage),
    sessionStorage: dump(sessionStorage),
    'history.state': JSON.stringify(history.state) ?? '',
    URL: location.href,
    title: document.title,
    referrer: document.referrer,
    'cookies that scripts can read': document.cookie,
    'window.name': window.name,
    IndexedDB: JSON.stringify(databases),
    caches: cached.join(' '),
  }
}

/** The places of a page that contain a secret. */
export const placesWith = async (page: Page, secret: string): Promise<string[]> => {
  const places = await page.evaluate(placesOf)
  return Object.entries(places).flatMap(([place, text]) => (text.includes(secret) ? [place] : []))
}
