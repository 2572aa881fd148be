import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { boot, type TestApp } from '../support/boot.ts'
import { chromiumRuns, logOf, openBrowser, type PageLog } from '../support/chromium.ts'

// Nine megabytes of scripts, on a machine that runs other tests at the same time.
const PATIENCE = { timeout: 60_000, interval: 100 }

const RUN = 'button[aria-label^="Execute"]'
const STOP = 'button[aria-label^="Stop"]'
const REFETCH = 'button[aria-label^="Re-fetch"]'
const EDITORS = {
  query: '.graphiql-editor [data-uri$="operation.graphql"]',
  variables: '.graphiql-editor [data-uri$="variables.json"]',
  headers: '.graphiql-editor [data-uri$="request-headers.json"]',
} as const

describe.skipIf(!chromiumRuns)('GraphiQL in a browser without the internet', { timeout: 2 * PATIENCE.timeout }, () => {
  let app: TestApp
  let browser: Browser
  let page: Page
  let log: PageLog
  beforeAll(async () => {
    app = await boot()
    browser = await openBrowser()
  }, PATIENCE.timeout)
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    page.setDefaultTimeout(PATIENCE.timeout)
    log = logOf(page)
    await page.goto(`${app.url}/graphql`)
    await page.waitForSelector(RUN)
  }, PATIENCE.timeout)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      const path = join(tmpdir(), `keyturn-graphiql-${task.id}.png`)
      await page.screenshot({ path })
      console.warn(`The page at that time: ${path}`)
    }
    await page.close()
  })

  const read = async (selector: string) =>
    ((await page.locator(`${selector} .view-lines`).first().textContent()) ?? '').replaceAll('\u00a0', ' ')
  // An editor breaks long lines.
  const unwrapped = (text: string) => text.replaceAll(/\s/g, '')
  const result = () => read('.result-window')
  const resultShows = (pattern: RegExp) => vi.waitFor(async () => expect(await result()).toMatch(pattern), PATIENCE)
  const write = async (text: string) => {
    await page.keyboard.press('Control+a')
    // Text that replaces a selection would get closing brackets of its own.
    await page.keyboard.press('Delete')
    await page.keyboard.insertText(text)
  }
  // An editor takes input a little later than it is visible: like a person, try again.
  const type = (editor: string, text: string) =>
    vi.waitFor(async () => {
      await page.locator(editor).click()
      await write(text)
      expect(unwrapped(await read(editor))).toBe(unwrapped(text))
    }, PATIENCE)
  const authorize = async () => {
    await page.getByRole('button', { name: 'Headers' }).click()
    await type(EDITORS.headers, JSON.stringify({ authorization: `Bearer ${app.ownerSecret}` }))
  }
  const fill = async (query: string, variables?: unknown) => {
    await type(EDITORS.query, query)
    if (variables !== undefined) await type(EDITORS.variables, JSON.stringify(variables))
    await authorize()
  }
  const expectContent = () => {
    expect(log.complaints.filter((text) => !text.includes('status of 401'))).toEqual([])
    const elsewhere = log.requested.filter((url) => !url.startsWith(`${app.url}/graphql`))
    expect(elsewhere, 'nothing is loaded from another place').toEqual([])
  }

  it('runs a query with variables and headers, and does not store the credential', async () => {
    await fill('query ($id: ID!) { organization(id: $id) { name slug } }', { id: app.organizationId })
    await page.click(RUN)
    await resultShows(/"name": "Default",\s+"slug": "default"/)
    const stored = await page.evaluate<string>('JSON.stringify({ ...localStorage, ...sessionStorage })')
    expect(stored, 'the query is kept').toContain('organization(id: $id)')
    expect(stored).not.toContain(app.ownerSecret)
    expectContent()
  })

  it('opens with tabs that find the caller, and create, watch, rotate and revoke a key', async () => {
    const tab = async (name: string, variables?: unknown) => {
      await vi.waitFor(async () => {
        await page.getByRole('tab', { name }).click()
        expect(await read(EDITORS.query)).toContain(name)
      }, PATIENCE)
      if (variables !== undefined) {
        await page.getByRole('button', { name: 'Variables' }).click()
        await type(EDITORS.variables, JSON.stringify(variables))
      }
      await authorize()
      await page.click(RUN)
    }
    await tab('Viewer')
    await resultShows(new RegExp(app.organizationId))
    await tab('Watch', { organizationId: app.organizationId, after: 0 })
    await tab('Create', {
      input: {
        organizationId: app.organizationId,
        name: 'nightly-build',
        grants: [{ module: 'keys', role: 'VIEWER' }],
      },
    })
    await resultShows(/"secret":\s+"kt_ak_/)
    const id = /key_[0-9a-f]{32}/.exec(await result())?.[0]
    await tab('Rotate', { input: { id, overlap: 'PT24H' } })
    await resultShows(/"state":\s+"RETIRING"/)
    await tab('Revoke', { input: { id, reason: 'NO_LONGER_NEEDED' } })
    await resultShows(/"status":\s+"REVOKED"/)
    expectContent()
  })

  it('shows an expiry warning when it comes', async () => {
    await fill('subscription ($id: ID!) { expiryWarnings(organizationId: $id) { threshold key { name } } }', {
      id: app.organizationId,
    })
    await page.click(RUN)
    await page.waitForSelector(STOP)
    expect(await result()).not.toContain('expiryWarnings')
    await app.apiKey({ name: 'seen-in-a-browser', expiresIn: 'PT60S', warnBefore: ['PT58S'] })
    await resultShows(/"threshold": "PT58S",\s+"key": \{\s+"name": "seen-in-a-browser"/)
    expect(await page.isVisible(STOP), 'the subscription goes on').toBe(true)
    await page.click(STOP)
    await page.waitForSelector(RUN)
    expectContent()
  })

  it('completes and validates input, in its workers', async () => {
    // Introspection needs the credential: the schema is there once it was fetched again with the headers.
    await fill('query { viewer { kind } }')
    await page.click(REFETCH)
    await type(EDITORS.query, 'query { viewer { kind } }')
    await write('query { viewer { kin')
    await vi.waitFor(async () => expect(await page.textContent('.suggest-widget')).toContain('kind'), PATIENCE)
    await write('query { viewer { nosuchfield } }')
    await page.waitForSelector('.squiggly-error')
    expectContent()
  })

  it('cannot load anything from other origins', async () => {
    const refused = await page.evaluate<boolean>("fetch('http://elsewhere.invalid/').then(() => false, () => true)")
    expect(refused).toBe(true)
    await vi.waitFor(() => expect(log.complaints.join()).toContain('Content Security Policy'), PATIENCE)
    // The browser did not even try: with a policy that let it, the address would be among those asked for.
    expect(log.complaints.join()).not.toContain('ERR_NAME_NOT_RESOLVED')
  })
})
