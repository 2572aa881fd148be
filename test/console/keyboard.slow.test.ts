import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { chromiumRuns, PHONE, useConsole } from './support/console.ts'
import type { ConsolePage } from './support/console-page.ts'
import { tabTo } from './support/keyboard.ts'
import { makeKey, useSecret } from './support/keys.ts'
import { seed } from './support/seed.ts'

/** The control that has the focus: its name, or its content. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const control = document.activeElement
    if (control === null || control === document.body) return 'nothing'
    return control.getAttribute('aria-label') ?? control.textContent ?? ''
  })

/** Everything here is done without a mouse, in a window of 360 px. */
describe.runIf(chromiumRuns)('by the keyboard alone, on a phone', { timeout: 90_000 }, () => {
  const console = useConsole()
  beforeAll(() => seed(console))
  const open = async (path: string, heading: string): Promise<ConsolePage> => {
    const window = await console.window(console.people.owner, { window: PHONE })
    await window.open(`/console/${console.organizationId}/${path}`)
    await window.page.locator('main h1', { hasText: heading }).waitFor()
    return window
  }
  const press = async (page: Page, name: string | RegExp, role: 'button' | 'checkbox' | 'radio' = 'button') => {
    await tabTo(page, role, name)
    await page.keyboard.press(role === 'button' ? 'Enter' : 'Space')
  }
  const make = (name: string, more = {}) =>
    makeKey(console.people.owner.client, { organizationId: console.organizationId, name, ...more })
  const dialogGone = (page: Page) => page.getByRole('dialog').waitFor({ state: 'detached' })
  const quiet = async (window: ConsolePage) => {
    await window.expectNoSidewaysScroll()
    window.expectQuiet()
  }

  it('rotates a key, and returns the focus to where the rotation began', async () => {
    const key = await make('turned')
    const window = await open(`keys/${key.id}`, 'turned')
    const { page } = window
    await press(page, 'Rotate')
    await page.getByRole('dialog').waitFor()
    await window.expectNoSidewaysScroll()
    await press(page, 'Rotate')
    await page.getByTestId('secret').waitFor()
    await window.expectNoSidewaysScroll()
    await press(page, 'I have stored it')
    await page.getByText('Rotation under way').waitFor()
    await expect.poll(() => focused(page)).toBe('Rotate')
    await press(page, 'Complete')
    await page.getByText('Rotation under way').waitFor({ state: 'detached' })
    await expect.poll(() => focused(page)).not.toBe('nothing')
    await quiet(window)
  })

  it('revokes a key after typing its name, and leaves the dialog by Escape before', async () => {
    const key = await make('finished')
    const window = await open(`keys/${key.id}`, 'finished')
    const { page } = window
    await press(page, 'Revoke')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await dialogGone(page)
    await expect.poll(() => focused(page)).toBe('Revoke')
    await page.keyboard.press('Enter')
    await tabTo(page, 'textbox', /^Type/)
    await page.keyboard.type('finished')
    await page.keyboard.press('Enter')
    await page.getByText('Nothing brings it back').waitFor()
    await expect.poll(() => focused(page)).toBe('Revoke')
    expect(await useSecret(console.people.owner.client, key.secret)).toBe('UNAUTHENTICATED')
    await quiet(window)
  })

  it('filters the list, and clears the filters', async () => {
    const window = await open('keys', 'Keys')
    const { page } = window
    await tabTo(page, 'combobox', 'Status')
    await page.keyboard.type('Susp')
    await expect.poll(() => page.locator('td[data-title] a').allTextContents()).toEqual(['legacy-importer'])
    expect(page.url()).toContain('SUSPENDED')
    await press(page, 'Clear')
    await page.getByRole('link', { name: 'deploy-production' }).waitFor()
    await expect.poll(() => focused(page)).toBe('Search in names, descriptions and hints')
    await page.keyboard.type('nightly')
    await expect.poll(() => page.locator('td[data-title] a').allTextContents()).toEqual(['nightly-builds'])
    await quiet(window)
  })

  it('selects keys and revokes them together', async () => {
    for (const name of ['heap-1', 'heap-2']) await make(name)
    const window = await open('keys?q=heap&sort=name', 'Keys')
    const { page } = window
    for (const name of ['Select heap-1', 'Select heap-2']) await press(page, name, 'checkbox')
    await tabTo(page, 'button', 'Revoke…')
    await page.keyboard.press('Enter')
    await tabTo(page, 'textbox', /^Type/)
    await window.expectNoSidewaysScroll()
    await page.keyboard.type('2')
    await page.keyboard.press('Enter')
    await page.getByText('2 keys revoked').waitFor()
    await dialogGone(page)
    await expect.poll(() => focused(page)).not.toBe('nothing')
    await quiet(window)
  })

  it('acknowledges a warning, and goes on with the next one', async () => {
    const soon = { expiresIn: 'PT2H', warnBefore: ['PT1H59M59S'] }
    for (const name of ['first-warned', 'second-warned']) await make(name, soon)
    const window = await open('warnings', 'Warnings')
    const { page } = window
    for (const name of ['first-warned', 'second-warned']) await page.getByRole('link', { name }).waitFor()
    await press(page, 'Acknowledge the warning about first-warned')
    await page.getByRole('link', { name: 'first-warned' }).waitFor({ state: 'detached' })
    await expect.poll(() => focused(page)).toBe('second-warned')
    await press(page, 'Acknowledge the warning about second-warned')
    await page.getByText('Nothing expires soon').waitFor()
    await expect.poll(() => focused(page)).not.toBe('nothing')
    await quiet(window)
  })

  it('invites a member', async () => {
    const window = await open('people', 'People')
    const { page } = window
    await press(page, 'Invite a person')
    await tabTo(page, 'textbox', 'E-mail address')
    await page.keyboard.type('kay@example.com')
    const keys = page.getByRole('group', { name: /^keys/ })
    await keys.getByRole('radio', { name: 'None' }).waitFor()
    while (!(await keys.evaluate((group) => group.contains(document.activeElement)))) await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowRight')
    await window.expectNoSidewaysScroll()
    await press(page, 'Create the invitation')
    await page.getByTestId('secret').waitFor()
    await press(page, 'I have stored it')
    await dialogGone(page)
    await expect.poll(() => focused(page)).toBe('Invite a person')
    const { data } = await console.people.owner.client.send(
      `{ organization(id: "${console.organizationId}") { invitations { email grants { module role } } } }`,
    )
    expect(JSON.stringify(data)).toContain('{"email":"kay@example.com","grants":[{"module":"keys","role":"VIEWER"}]}')
    await quiet(window)
  })

  it('changes a policy', async () => {
    const window = await open('policies', 'Policies')
    const { page } = window
    await tabTo(page, 'textbox', 'Usual lifetime')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('120')
    await page.getByText('180 days → 120 days').waitFor()
    await press(page, 'Save the policy')
    await page.getByText('The policy is changed').waitFor()
    await expect.poll(() => focused(page)).toBe('Save the policy')
    await quiet(window)
  })

  it('verifies the audit log', async () => {
    const window = await open('audit', 'Audit log')
    const { page } = window
    await press(page, 'Verify')
    await page.getByText(/^Intact/).waitFor()
    await expect.poll(() => focused(page)).toBe('Verify')
    await quiet(window)
  })
})
