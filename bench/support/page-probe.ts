import type { Page, Request } from 'playwright-core'

/** What the page noted since it was asked last. Times are in milliseconds. */
export interface Noted {
  /**
   * From the last input, or in a new document from the navigation, to the end of the frame that shows the new list or what was
   * watched for; null where nothing new was shown.
   */
  readonly shownMs: number | null
  /** The longest interaction of the Event Timing API: 0 where each took less than 16. */
  readonly interactionMs: number
  /** The longest task of the main thread: 0 where each took less than 50. */
  readonly longestTaskMs: number
  /** The largest contentful paint of the document, from the navigation; it ends with the first input. */
  readonly largestPaintMs: number
}

/** How long the requests for an operation took, from the request to the last byte. */
export interface Requests {
  readonly count: number
  readonly slowestMs: number
}

declare global {
  interface Window {
    takeNotes: () => Noted
    watchFor: (selector: string) => void
  }
}

/** Runs in the page. */
const note = (): void => {
  let inputAt = 0
  let shownAt: number | null = null
  let interactionMs = 0
  let longestTaskMs = 0
  let largestPaintMs = 0
  // The types of the DOM do not know the threshold.
  const interactions = { type: 'event', durationThreshold: 16 }
  for (const type of ['pointerdown', 'keydown', 'change', 'input'])
    addEventListener(
      type,
      (event) => {
        inputAt = event.timeStamp
      },
      true,
    )
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      // Hovering and focusing are events too, and no interactions. A shortcut has no id of an interaction.
      if (/^(?:pointer|mouse|key)(?:down|up)$|^click$/.test(entry.name))
        interactionMs = Math.max(interactionMs, entry.duration)
    }
  }).observe(interactions)
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration)
  }).observe({ type: 'longtask' })
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) largestPaintMs = Math.max(largestPaintMs, startTime)
  }).observe({ type: 'largest-contentful-paint' })
  const noteShown = (): void => {
    // The next frame begins when this one has been painted.
    requestAnimationFrame(() => {
      shownAt = performance.now()
    })
  }
  /** Rows, or that there are none. */
  const SHOWN = 'tbody tr, .empty'
  const isShown = ({ target, addedNodes }: MutationRecord): boolean =>
    target.nodeName === 'TBODY' ||
    [...addedNodes].some(
      (node) => node instanceof Element && (node.matches(SHOWN) || node.querySelector(SHOWN) !== null),
    )
  new MutationObserver((changes) => {
    if (changes.some(isShown)) requestAnimationFrame(noteShown)
  }).observe(document, { childList: true, subtree: true })
  /** What is in the document may still be hidden, or transparent at the start of a transition. */
  const isVisible = (selector: string): boolean =>
    [...document.querySelectorAll(selector)].some((element) =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }),
    )
  window.watchFor = (selector) => {
    if (isVisible(selector)) throw new Error(`${selector} is visible before the input.`)
    const look = (): void => {
      if (isVisible(selector)) noteShown()
      else requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }
  window.takeNotes = () => {
    const noted = {
      shownMs: shownAt === null ? null : shownAt - inputAt,
      interactionMs,
      longestTaskMs,
      largestPaintMs,
    }
    shownAt = null
    interactionMs = 0
    longestTaskMs = 0
    return noted
  }
}

/** Without requests for so long, nothing follows the last answer. */
const QUIET_MS = 300
const POLL_MS = 20

const operationOf = (request: Request): string | undefined => /\bquery (\w+)/.exec(request.postData() ?? '')?.[1]

/** Watches a page from its next document on. */
export const probe = async (page: Page) => {
  // tsx names functions by a helper that a page does not have.
  await page.addInitScript('globalThis.__name = (value) => value')
  await page.addInitScript(note)
  let durations: { readonly operation: string; readonly ms: number }[] = []
  // Subscriptions never end.
  const running = new Set<Request>()
  let changedAt = 0
  const isQuery = (request: Request) => !(request.postData() ?? '').includes('subscription ')
  page.on('request', (request) => {
    if (!isQuery(request)) return
    running.add(request)
    changedAt = performance.now()
  })
  const end = (request: Request): void => {
    running.delete(request)
    changedAt = performance.now()
  }
  page.on('requestfailed', end)
  page.on('requestfinished', (request) => {
    end(request)
    const operation = operationOf(request)
    const { requestStart, responseEnd } = request.timing()
    if (operation !== undefined) durations.push({ operation, ms: responseEnd - requestStart })
  })
  return {
    /** Notes as shown when what a selector finds becomes visible, as a person sees it. */
    watchFor: (selector: string): Promise<void> => page.evaluate((text) => window.watchFor(text), selector),
    take: (): Promise<Noted> => page.evaluate(() => window.takeNotes()),
    takeRequests: (operation: string): Requests => {
      const own = durations.filter((one) => one.operation === operation).map(({ ms }) => ms)
      durations = []
      return { count: own.length, slowestMs: Math.max(0, ...own) }
    },
    /**
     * Waits until everything that was requested is answered and shown. The load state "networkidle" is that of the document: it does
     * not come again after a step.
     */
    settle: async (atLeastMs: number): Promise<void> => {
      await page.waitForTimeout(atLeastMs)
      while (running.size > 0 || performance.now() - changedAt < QUIET_MS) await page.waitForTimeout(POLL_MS)
      await page.locator('table[aria-busy], .table-skeleton').waitFor({ state: 'detached' })
    },
  }
}
