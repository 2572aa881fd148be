import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const WHOLE_BROWSER = '/usr/bin/chromium'
const WITHOUT_WINDOWS = '/usr/bin/chromium-headless-shell'

/** Where the browser is. Without the parts that draw windows of its own it takes a seventh of the processor time. */
export const CHROMIUM = existsSync(WITHOUT_WINDOWS) ? WITHOUT_WINDOWS : WHOLE_BROWSER

const isInstalled = (): boolean => {
  if (existsSync(CHROMIUM)) return true
  if (process.env.CI === 'true') throw new Error(`${CHROMIUM} is missing, and CI must test with a browser.`)
  console.warn(`\n!!! ${CHROMIUM} is missing: the tests in a browser are SKIPPED (apt-get install chromium).\n`)
  return false
}

/** Whether tests in a browser run here. Without a browser they are skipped with a warning; in CI they fail. */
export const chromiumRuns = isInstalled()

/** Starts a headless browser that resolves no host name but localhost: pages have to work without the internet. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  })

/** What a page reported and requested since it was opened. */
export interface PageLog {
  /** Errors and warnings on the console, violations of the content security policy, and uncaught exceptions. */
  readonly complaints: string[]
  /** URLs of all requests; data and blob URLs are left out. */
  readonly requested: string[]
}

/** Records what a page reports and requests from now on. */
export const logOf = (page: Page): PageLog => {
  const complaints: string[] = []
  const requested: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url())) requested.push(request.url())
  })
  return { complaints, requested }
}
