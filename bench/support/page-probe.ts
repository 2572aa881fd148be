import type { Page } from 'playwright-core'

/** What the page noted since it was asked last. */
export interface Noted {
  /** From the last input to the frame that shows the new rows, in milliseconds; null where the rows did not change. */
  readonly shownMs: number | null
  /** The longest interaction of the Event Timing API, in milliseconds: 0 where each took less than 16. */
  readonly interactionMs: number
  /** The longest task of the main thread, in milliseconds: 0 where each took less than 50. */
  readonly longestTaskMs: number
}

/** How long the requests for an operation took, from the request to the last byte. */
export interface Requests {
  readonly count: number
  readonly slowestMs: number
}

declare global {
  interface Window {
    takeNotes: () => Noted
  }
}

/** Runs in the page. */
const note = (): void => {
  let inputAt = 0
  let shownAt: number | null = null
  let interactionMs = 0
  let longestTaskMs = 0
  // The types of the DOM do not know the threshold.
  const interactions = { type: 'event', durationThreshold: 16 }
  for (const type of ['pointerdown', 'keydown', 'change'])
    addEventListener(
      type,
      (event) => {
        inputAt = event.timeStamp
      },
      true,
    )
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) interactionMs = Math.max(interactionMs, duration)
  }).observe(interactions)
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration)
  }).observe({ type: 'longtask' })
  const showsRows = ({ target, addedNodes }: MutationRecord): boolean =>
    target.nodeName === 'TBODY' ||
    [...addedNodes].some((node) => node instanceof Element && node.querySelector('tbody tr') !== null)
  new MutationObserver((changes) => {
    if (!changes.some(showsRows)) return
    // After the frame has been painted.
    requestAnimationFrame(() =>
      setTimeout(() => {
        shownAt = performance.now()
      }),
    )
  }).observe(document, { childList: true, subtree: true })
  window.takeNotes = () => {
    const noted = { shownMs: shownAt === null ? null : shownAt - inputAt, interactionMs, longestTaskMs }
    shownAt = null
    interactionMs = 0
    longestTaskMs = 0
    return noted
  }
}

/** Watches a page from its next document on. */
export const probe = async (page: Page) => {
  // tsx names functions by a helper that a page does not have.
  await page.addInitScript('globalThis.__name = (value) => value')
  await page.addInitScript(note)
  let durations: { readonly operation: string; readonly ms: number }[] = []
  page.on('requestfinished', (request) => {
    const [, operation] = /\bquery (\w+)/.exec(request.postData() ?? '') ?? []
    const { requestStart, responseEnd } = request.timing()
    if (operation !== undefined) durations.push({ operation, ms: responseEnd - requestStart })
  })
  return {
    take: (): Promise<Noted> => page.evaluate(() => window.takeNotes()),
    takeRequests: (operation: string): Requests => {
      const own = durations.filter((one) => one.operation === operation).map(({ ms }) => ms)
      durations = []
      return { count: own.length, slowestMs: Math.max(0, ...own) }
    },
  }
}
