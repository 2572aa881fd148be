import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { placesWith } from './no-secret.ts'
import { smallPng } from './small-png.ts'

export const SCHEMES = ['light', 'dark'] as const
export type Scheme = (typeof SCHEMES)[number]

const SCREENSHOTS = new URL('../../../docs/images/console/', import.meta.url)
const MOST_SCREENSHOT_BYTES = 60_000
const COLOUR_RULES = ['color-contrast', 'link-in-text-block']
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** A page of the console in a browser, which notices everything that the browser complains of. */
export class ConsolePage {
  readonly page: Page
  readonly context: BrowserContext
  private readonly origin: string
  private readonly complaints: string[] = []
  private readonly strangers: string[] = []
  private readonly allowed: RegExp[] = []

  constructor(page: Page, origin: string) {
    this.page = page
    this.context = page.context()
    this.origin = origin
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        this.complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`)
    })
    page.on('pageerror', (error) => this.complaints.push(`exception: ${error.stack ?? error.message}`))
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(origin)) this.strangers.push(request.url())
    })
  }

  /** Opens a page by its path, such as `/audit`. */
  async open(path: string): Promise<void> {
    await this.page.goto(`${this.origin}${path}`)
  }

  /** Complaints that the test provokes: of a server that is away, for example. */
  allow(...complaints: RegExp[]): void {
    this.allowed.push(...complaints)
  }

  /** Fails where the browser or the page complained, or something was loaded from elsewhere. */
  expectQuiet(): void {
    const unexpected = this.complaints.filter((text) => !this.allowed.some((pattern) => pattern.test(text)))
    expect(unexpected, 'complaints of the browser').toEqual([])
    expect(this.strangers, 'requests to other hosts').toEqual([])
  }

  /** Fails where axe finds something in one of the looks. They differ in colours alone. */
  async expectAccessible(schemes: readonly Scheme[] = SCHEMES): Promise<void> {
    for (const scheme of schemes) {
      await this.show(scheme)
      // The console has no frames, so axe can conclude in the page itself; otherwise it opens another one to do so.
      const axe = new AxeBuilder({ page: this.page }).setLegacyMode()
      const { violations } = await (scheme === 'light' ? axe.withTags(RULES) : axe.withRules(COLOUR_RULES)).analyze()
      const found = violations.map(
        ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => html).join('\n')}`,
      )
      expect(found, `axe, ${scheme}`).toEqual([])
    }
    await this.show('light')
  }

  /** Fails where the page needs to be scrolled sideways. */
  async expectNoSidewaysScroll(): Promise<void> {
    const { content, window } = await this.page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      window: document.documentElement.clientWidth,
    }))
    expect(content, 'width of the page').toBeLessThanOrEqual(window)
  }

  /** Fails where the page, its address or anything that it stores contains a secret. */
  async expectNowhere(secret: string): Promise<void> {
    expect(await placesWith(this.page, secret), 'places that contain the secret').toEqual([])
  }

  /** Shows the light or the dark look. */
  async show(colorScheme: Scheme): Promise<void> {
    await this.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // In the middle of a transition a colour is neither the one nor the other.
    await this.page.evaluate(async () => {
      const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition)
      await Promise.allSettled(transitions.map(({ finished }) => finished))
    })
  }

  /** Writes docs/images/console/NAME-light.png and NAME-dark.png, where KEYTURN_SCREENSHOTS=1 asks for it. */
  async picture(name: string): Promise<void> {
    if (process.env.KEYTURN_SCREENSHOTS !== '1') return
    for (const scheme of SCHEMES) {
      await this.show(scheme)
      const png = smallPng(await this.page.screenshot({ animations: 'disabled', caret: 'hide' }))
      const file = new URL(`${name}-${scheme}.png`, SCREENSHOTS)
      mkdirSync(dirname(file.pathname), { recursive: true })
      writeFileSync(file, png)
      expect(png.length, `bytes of ${name}-${scheme}.png`).toBeLessThanOrEqual(MOST_SCREENSHOT_BYTES)
    }
    await this.show('light')
  }
}
