import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { boot, type TestApp } from '../support/boot.ts'
import { type Browser, type BrowserPage, chromiumRuns, openBrowser } from '../support/chromium.ts'

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
  let page: BrowserPage
  beforeAll(async () => {
    app = await boot()
    browser = await openBrowser()
  }, PATIENCE.timeout)
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })
  beforeEach(async () => {
    page = browser.newPage()
    await page.open(`${app.url}/graphql`)
    await vi.waitFor(async () => expect(await page.has(RUN)).toBe(true), PATIENCE)
  }, PATIENCE.timeout)
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') {
      const picture = join(tmpdir(), `keyturn-graphiql-${task.id}.png`)
      await page.screenshot(picture)
      console.warn(`The page, as it was then: ${picture}`)
    }
    await page.close()
  })

  const read = async (selector: string) => (await page.textOf(`${selector} .view-lines`)).replaceAll('\u00a0', ' ')
  const result = () => read('.result-window')
  // Editors come to life, and tabs open, a little later than they can be seen: like a person, try again.
  const type = (editor: string, text: string) =>
    vi.waitFor(async () => {
      await page.click(editor)
      await page.write(text)
      expect(await read(editor)).toBe(text)
    }, PATIENCE)
  const fill = async (query: string, variables: unknown) => {
    await type(EDITORS.query, query)
    await type(EDITORS.variables, JSON.stringify(variables))
    await page.click('button', 'Headers')
    await type(EDITORS.headers, JSON.stringify({ authorization: `Bearer ${app.ownerSecret}` }))
  }
  const resultShows = (pattern: RegExp) => vi.waitFor(async () => expect(await result()).toMatch(pattern), PATIENCE)
  const expectContent = () => {
    expect(page.complaints.filter((text) => !text.includes('status of 401'))).toEqual([])
    const elsewhere = page.requested.filter((url) => !url.startsWith(`${app.url}/graphql`))
    expect(elsewhere, 'nothing is loaded from another place').toEqual([])
  }

  it('runs a query with variables and headers, and keeps the credential out of the storage', async () => {
    await fill('query ($id: ID!) { organization(id: $id) { name slug } }', { id: app.organizationId })
    await page.click(RUN)
    await resultShows(/"name": "Default",\s+"slug": "default"/)
    const stored = await page.evaluate<string>('JSON.stringify({ ...localStorage, ...sessionStorage })')
    expect(stored, 'the query is kept').toContain('organization(id: $id)')
    expect(stored).not.toContain(app.ownerSecret)
    expectContent()
  })

  it('shows an expiry warning when it comes', async () => {
    await fill('subscription ($id: ID!) { expiryWarnings(organizationId: $id) { threshold key { name } } }', {
      id: app.organizationId,
    })
    await page.click(RUN)
    await vi.waitFor(async () => expect(await page.has(STOP)).toBe(true), PATIENCE)
    expect(await result()).not.toContain('expiryWarnings')
    await app.apiKey({ name: 'seen-in-a-browser', expiresIn: 'PT60S', warnBefore: ['PT58S'] })
    await resultShows(/"threshold": "PT58S",\s+"key": \{\s+"name": "seen-in-a-browser"/)
    expect(await page.has(STOP), 'the subscription goes on').toBe(true)
    await page.click(STOP)
    await vi.waitFor(async () => expect(await page.has(RUN)).toBe(true), PATIENCE)
    expectContent()
  })

  it('completes and checks what is typed, in its workers', async () => {
    // Introspection needs the credential: the schema is there once it was fetched again with the headers.
    await fill('query { viewer { kind } }', {})
    await page.click(REFETCH)
    await type(EDITORS.query, 'query { viewer { kind } }')
    await page.write('query { viewer { kin')
    await vi.waitFor(async () => expect(await page.textOf('.suggest-widget')).toContain('kind'), PATIENCE)
    await page.write('query { viewer { nosuchfield } }')
    await vi.waitFor(async () => expect(await page.has('.squiggly-error')).toBe(true), PATIENCE)
    expectContent()
  })

  it('may fetch nothing from elsewhere', async () => {
    const refused = await page.evaluate<boolean>("fetch('http://elsewhere.invalid/').then(() => false, () => true)")
    expect(refused).toBe(true)
    await vi.waitFor(() => expect(page.complaints.join()).toContain('Content Security Policy'), PATIENCE)
    // The browser did not even try: with a policy that let it, the address would be among those asked for.
    expect(page.complaints.join()).not.toContain('ERR_NAME_NOT_RESOLVED')
  })
})
