import { beforeAll, describe, expect, it } from 'vitest'
import { CreateApiKeyDocument, CreateOrganizationDocument, RevokeKeyDocument } from '../../src/generated/graphql.ts'
import { chromiumRuns, PHONE, useConsole } from './support/console.ts'
import { tamperWith } from '../support/tampering.ts'

/** Names and the days that they have left. */
const KEYS: readonly (readonly [string, number])[] = [
  ['slack-bot', 3],
  ['app-store-upload', 6],
  ['nightly-backup', 9],
  ['terraform', 13],
  ['metrics-exporter', 15],
  ['crash-symbols', 22],
  ['partner-acme', 28],
  ['web-ci', 35],
  ['data-warehouse', 41],
  ['billing-sync', 48],
  ['docs-publish', 57],
  ['search-indexer', 66],
  ['feature-flags', 79],
  ['load-tests', 88],
]

describe.runIf(chromiumRuns)('the shell of the console', { timeout: 90_000 }, () => {
  const console = useConsole()
  let keyId: string
  const path = (rest = '') => `/console/${console.organizationId}${rest}`

  beforeAll(async () => {
    const { owner } = console.people
    const organizationId = console.organizationId
    await owner.client.run(CreateOrganizationDocument, { input: { parentId: organizationId, name: 'Mobile' } })
    const { createApiKey } = await owner.client.run(CreateApiKeyDocument, {
      input: { organizationId, name: 'deploy-production', grants: [], expiresIn: 'P20D' },
    })
    keyId = createApiKey.apiKey.id
    for (const [name, days] of KEYS)
      await owner.client.run(CreateApiKeyDocument, {
        input: { organizationId, name, grants: [], expiresIn: `P${days}D` },
      })
  })

  it('shows which keys expire on the overview, and updates it live', async () => {
    const window = await console.window(console.people.owner)
    const { page } = window
    await window.open('/')
    await page.getByText('deploy-production').first().waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
    await window.expectAccessible()
    await window.picture('overview')
    const input = { organizationId: console.organizationId, name: 'brand-new', grants: [], expiresIn: 'P3D' }
    await console.people.owner.client.run(CreateApiKeyDocument, { input })
    await page.locator('.timeline text', { hasText: 'brand-new' }).waitFor()
    window.expectQuiet()
  })

  it('lists on the overview what is warned of, unused or never expires, and the newest events', async () => {
    const { client } = console.people.owner
    const create = async (name: string, expiry: object) => {
      const input = { organizationId: console.organizationId, name, grants: [], ...expiry }
      return (await client.run(CreateApiKeyDocument, { input })).createApiKey.apiKey.id
    }
    await create('endless', { neverExpires: true })
    const forgotten = await create('forgotten', { expiresIn: 'P300D' })
    await tamperWith(console.database, [
      `UPDATE keys SET created_at = '2020-01-01T00:00:00.000Z' WHERE id = '${forgotten}'`,
    ])
    await create('warned-of', { expiresIn: 'PT2H', warnBefore: ['PT1H59M59S'] })
    const window = await console.window(console.people.owner)
    await window.open(path())
    for (const [title, text] of [
      ['Open warnings', 'warned-of'],
      ['Unused for 90 days', 'forgotten'],
      ['Never expire', 'endless'],
      ['Newest events', 'Key created'],
    ] as const)
      await window.page
        .locator('.card', { has: window.page.getByRole('heading', { name: title, exact: true }) })
        .getByText(text, { exact: true })
        .first()
        .waitFor()
    window.expectQuiet()
  })

  it('finds screens, keys and actions in the command palette, by keyboard alone', async () => {
    const window = await console.window(console.people.viewer)
    const { page } = window
    await window.open(path())
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Search and commands' }).waitFor()
    await window.expectAccessible()
    await page.keyboard.type('deploy-prod')
    await page.getByRole('option', { name: /deploy-production/ }).waitFor()
    await window.picture('palette')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**${path(`/keys/${keyId}`)}`)
    await page.keyboard.press('Control+k')
    await page.keyboard.type('audit log')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**${path('/audit')}`)
    await page.keyboard.press('Control+k')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  })

  it('switches to an organization below', async () => {
    const window = await console.window(console.people.viewer)
    const { page } = window
    await window.open(path())
    await page.getByRole('button', { name: /^Organization/ }).click()
    await page.getByRole('dialog', { name: 'Switch the organization' }).waitFor()
    await page.keyboard.type('Mobile')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Organization: Mobile' }).waitFor()
    await window.open('/')
    await page.getByRole('button', { name: 'Organization: Mobile' }).waitFor()
  })

  it('keeps the chosen theme, and follows the system without one', async () => {
    const window = await console.window(console.people.viewer)
    const { page } = window
    const canvas = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    await window.open(path())
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const light = await canvas()
    await window.show('dark')
    await expect.poll(canvas).not.toBe(light)
    await page.getByRole('button', { name: 'Theme: system. Change to light' }).click()
    await expect.poll(canvas).toBe(light)
    await page.reload()
    await page.getByRole('button', { name: 'Theme: light. Change to dark' }).waitFor()
    expect(await canvas()).toBe(light)
  })

  it('opens a key by its id alone, and says "not found" for what is not there', async () => {
    const window = await console.window(console.people.viewer)
    await window.open(`/console/keys/${keyId}`)
    await window.page.waitForURL(`**${path(`/keys/${keyId}`)}`)
    await window.open('/console/keys/key_00000000000040008000000000000000')
    await window.page.getByRole('heading', { name: 'Not found' }).waitFor()
    await window.open(path('/nothing/here'))
    await window.page.getByRole('heading', { name: 'Not found' }).waitFor()
  })

  it('shows navigation, focus and titles that work by keyboard and on a phone', async () => {
    const window = await console.window(console.people.viewer, { window: PHONE })
    const { page } = window
    await window.open(path())
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await window.expectNoSidewaysScroll()
    await window.expectAccessible()
    await page.getByRole('button', { name: 'Open the navigation' }).click()
    await window.expectAccessible()
    await page.getByRole('link', { name: 'Keys', exact: true }).click()
    await page.getByRole('heading', { name: 'Keys' }).waitFor()
    await expect.poll(() => page.title()).toBe('Keys · Keyturn')
    await window.expectNoSidewaysScroll()
  })

  it('reports that the server is unavailable, keeps what is shown, and updates it when the server is back', async () => {
    const { owner } = console.people
    const input = { organizationId: console.organizationId, name: 'lost-and-found', grants: [] }
    const { createApiKey } = await owner.client.run(CreateApiKeyDocument, { input })
    const window = await console.window(console.people.viewer)
    window.allow(/WebSocket|ERR_CONNECTION|Failed to load|401|ERR_/)
    const { page } = window
    const acting = await console.window(owner)
    acting.allow(/WebSocket|ERR_CONNECTION|Failed to load|401|ERR_/)
    await acting.open(path(`/keys/${createApiKey.apiKey.id}?dialog=suspend`))
    const dialog = acting.page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Suspend', exact: true }).waitFor()
    await window.open(path('/keys?q=lost-and-found'))
    await page.locator('tr', { hasText: 'Active' }).waitFor()
    await console.stop()
    await page.getByText('Offline').waitFor()
    expect(await page.locator('tr', { hasText: 'lost-and-found' }).count()).toBe(1)
    await acting.page.getByText('Offline').waitFor()
    const alert = dialog.getByRole('alert').getByText('The server does not answer')
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const reloaded = acting.page.waitForEvent('requestfailed', {
        predicate: (request) => request.postData()?.includes('query KeyPage') === true,
      })
      await dialog.getByRole('button', { name: 'Suspend', exact: true }).click()
      await alert.waitFor()
      await reloaded
      await acting.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)))
      // The dialog is the same one, with what it said: the screen below it stays while it is loaded again.
      expect(await alert.isVisible()).toBe(true)
    }
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await acting.page.getByRole('heading', { level: 1, name: 'lost-and-found' }).waitFor()
    await console.restart()
    await owner.client.run(RevokeKeyDocument, { input: { id: createApiKey.apiKey.id } })
    await page.locator('tr', { hasText: 'Revoked' }).waitFor({ timeout: 15_000 })
    await acting.page.getByText('Nothing brings it back').waitFor({ timeout: 15_000 })
    await acting.page
      .getByRole('listitem')
      .getByText(/^Revoked/)
      .first()
      .waitFor()
    for (const { page: shown } of [window, acting])
      await expect.poll(() => shown.getByText('Offline').count(), { timeout: 10_000 }).toBe(0)
    window.expectQuiet()
    acting.expectQuiet()
  })
})
