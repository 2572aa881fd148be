import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { chromiumRuns, PHONE, useConsole } from './support/console.ts'
import { type Seed, seed } from './support/seed.ts'

/** Web Vitals call 0.1 good. Nothing here comes near it. */
const MOST_SHIFT = 0.05
/** Long enough that everything that is shown meanwhile is painted. */
const ANSWER_MS = 120

interface Painted {
  /** The sum of the layout shifts that no input caused. */
  readonly shift: number
  /** What moved, in the words of the style sheet. */
  readonly moved: readonly string[]
  /** From the navigation to the largest contentful paint, in milliseconds. */
  readonly largestPaintMs: number
}

declare global {
  interface Window {
    painted: Painted
  }
}

/** Runs in the page. */
const watchPaints = (): void => {
  window.painted = { shift: 0, moved: [], largestPaintMs: 0 }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (!('value' in entry && 'hadRecentInput' in entry && 'sources' in entry)) continue
      if (entry.hadRecentInput === true || !Array.isArray(entry.sources)) continue
      const { shift, moved } = window.painted
      const names = entry.sources.map(({ node }) => (node instanceof Element ? node.className : String(node)))
      window.painted = { ...window.painted, shift: shift + Number(entry.value), moved: [...moved, ...names] }
    }
  }).observe({ type: 'layout-shift' })
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) window.painted = { ...window.painted, largestPaintMs: startTime }
  }).observe({ type: 'largest-contentful-paint' })
}

describe.runIf(chromiumRuns)('while a screen loads', { timeout: 90_000 }, () => {
  const console = useConsole()
  let seeded: Seed
  beforeAll(async () => {
    seeded = await seed(console)
  }, 60_000)

  const paths = (): readonly string[] => [
    '',
    '/keys',
    '/keys/new',
    `/keys/${seeded.keyIds[1]}`,
    '/warnings',
    '/audit',
    '/people',
    '/people?tab=keys',
    '/people?tab=invitations',
    '/structure',
    '/policies',
    '/notifications',
    '/account',
  ]
  const load = async (path: string, size?: typeof PHONE): Promise<Painted> => {
    const { page } = await console.window(console.people.owner, size && { window: size })
    await page.addInitScript(watchPaints)
    await answerLate(page)
    await page.goto(`${console.url}/console/${console.organizationId}${path}`, { waitUntil: 'networkidle' })
    await page.locator('main h1').waitFor()
    await page.locator('.skeleton, .table-skeleton').waitFor({ state: 'detached' })
    const painted = await page.evaluate(() => window.painted)
    await page.context().close()
    return painted
  }

  it.each([
    ['a laptop', undefined],
    ['a phone', PHONE],
  ])('nothing moves under the reader on %s', async (_, size) => {
    for (const path of paths()) {
      const { shift, moved, largestPaintMs } = await load(path, size)
      expect.soft(shift, `${path}: ${moved.join(', ')}`).toBeLessThan(MOST_SHIFT)
      expect.soft(largestPaintMs, `largest paint of ${path}`).toBeGreaterThan(0)
    }
  })
})

const answerLate = async (page: Page): Promise<void> => {
  await page.route('**/graphql', async (route) => {
    const isSubscription = route.request().postData()?.includes('subscription ') ?? false
    if (!isSubscription) await new Promise((resolve) => setTimeout(resolve, ANSWER_MS))
    await route.fallback()
  })
}
