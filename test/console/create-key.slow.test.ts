import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { DefineModuleDocument, UpdateKeyPolicyDocument } from '../../src/generated/graphql.ts'
import { chromiumRuns, PHONE, useConsole } from './support/console.ts'
import { heapOf } from './support/heap.ts'
import { tabTo } from './support/keyboard.ts'

const run = promisify(execFile)

const SECRET = /^kt_(?:ak|pk)_[0-9A-Za-z]{49}$/

describe.runIf(chromiumRuns)('creating a key in the console', { timeout: 90_000 }, () => {
  const server = useConsole()
  const path = () => `/console/${server.organizationId}/keys/new`
  beforeAll(async () => {
    const { organizationId, people } = server
    const { client } = people.owner
    await client.run(DefineModuleDocument, { input: { organizationId, name: 'build', description: 'Builds of apps.' } })
    await client.run(UpdateKeyPolicyDocument, { input: { organizationId, policy: { maximumLifetime: 'P200D' } } })
  })

  const secretIn = async (page: Page): Promise<string> => {
    const secret = (await page.getByRole('dialog').getByTestId('secret').textContent()) ?? ''
    expect(secret).toMatch(SECRET)
    return secret
  }
  const createCi = async (page: Page, name: string): Promise<string> => {
    await page.getByRole('button', { name: /CI pipeline/ }).click()
    await page.getByLabel('Name', { exact: true }).fill(name)
    await page.getByRole('button', { name: 'Review' }).click()
    await page.getByRole('button', { name: 'Create key' }).click()
    return secretIn(page)
  }
  const store = (page: Page) => page.getByRole('button', { name: 'I have stored it' }).click()
  const textOf = (page: Page) => page.getByRole('main').textContent()

  it('creates a key with a working secret from a template, with the keyboard alone', async () => {
    const window = await server.window(server.people.operator)
    const { page } = window
    await window.open(path())
    await tabTo(page, 'button', /Read-only monitoring/)
    await page.keyboard.press('Enter')
    await tabTo(page, 'textbox', 'Name')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('dashboards')
    await tabTo(page, 'button', 'Review')
    await page.keyboard.press('Enter')
    await page.getByText('*:viewer').waitFor()
    await tabTo(page, 'button', 'Create key')
    await page.keyboard.press('Enter')
    const secret = await secretIn(page)
    await tabTo(page, 'button', 'Copy secret')
    await page.keyboard.press('Enter')
    await page.getByText('Copied to the clipboard').first().waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret)
    await tabTo(page, 'button', 'I have stored it')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'dashboards' }).waitFor()
    const { data } = await server.people.operator.client
      .with(secret)
      .send<{ viewer: { key: { name: string } } }>('{ viewer { key { name } } }')
    expect(data?.viewer.key.name).toBe('dashboards')
    window.expectQuiet()
  })

  it('leaves the secret in no page, storage or history once the person has stored it', async () => {
    const window = await server.window(server.people.owner)
    const { page } = window
    await window.open(`/console/${server.organizationId}/warnings`)
    await page.getByRole('heading', { level: 1, name: 'Warnings' }).waitFor()
    await window.open(path())
    const secret = await createCi(page, 'kept-nowhere')
    await store(page)
    await page.getByRole('heading', { level: 1, name: 'kept-nowhere' }).waitFor()
    await window.expectNowhere(secret)
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: 'Warnings' }).waitFor()
    await window.expectNowhere(secret)
    await page.goForward()
    await page.getByRole('heading', { level: 1, name: 'kept-nowhere' }).waitFor()
    await window.expectNowhere(secret)
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'kept-nowhere' }).waitFor()
    await window.expectNowhere(secret)
    window.expectQuiet()
  })

  it('keeps the secret in no object that the page can still reach', async () => {
    const window = await server.window(server.people.owner)
    const { page } = window
    await window.open(path())
    const secret = await createCi(page, 'unreachable')
    expect((await heapOf(page)).includes(secret)).toBe(true)
    await store(page)
    await page.getByRole('heading', { level: 1, name: 'unreachable' }).waitFor()
    // React holds the last state of a part until it renders again; a change of the screen ends that.
    await page.getByRole('link', { name: 'Warnings' }).click()
    await page.getByRole('heading', { level: 1, name: 'Warnings' }).waitFor()
    const after = await heapOf(page)
    expect(after.includes('unreachable')).toBe(true)
    expect(after.includes(secret)).toBe(false)
  })

  it('closes the secret only when the person confirms that it is stored', async () => {
    const window = await server.window(server.people.owner)
    const { page } = window
    await window.open(path())
    const secret = await createCi(page, 'stays-open')
    await page.keyboard.press('Escape')
    await page.mouse.click(5, 5)
    expect(await secretIn(page)).toBe(secret)
    expect(await page.getByRole('dialog').getByRole('button', { name: 'Close' }).count()).toBe(0)
    await store(page)
  })

  it('shows a curl command that works as it is', async () => {
    const window = await server.window(server.people.owner)
    const { page } = window
    await window.open(path())
    await createCi(page, 'by-curl')
    const command = await page.getByRole('dialog').locator('pre').textContent()
    const { stdout } = await run('bash', ['-c', command ?? ''])
    expect(JSON.parse(stdout)).toMatchObject({ data: { viewer: { kind: 'API_KEY', key: { name: 'by-curl' } } } })
    await store(page)
  })

  it('checks expiry and addresses while they are typed', async () => {
    const window = await server.window(server.people.owner)
    const { page } = window
    await window.open(path())
    await page.getByLabel('Lifetime', { exact: true }).fill('201')
    await page.getByText('allows at most 200 days').first().waitFor()
    await page.getByLabel('Lifetime', { exact: true }).fill('200')
    await page.getByText(/^Expires in 6 months: /).waitFor()
    const never = page.getByRole('radio', { name: 'Never' })
    expect(await never.getAttribute('aria-disabled')).toBe('true')
    await never.click({ force: true })
    expect(await never.isChecked()).toBe(false)
    await page.getByLabel('Allowed addresses').fill('10.0.0.7/8')
    await page.getByText('10.0.0.7/8: 10.0.0.0 to 10.255.255.255').waitFor()
    await page.getByLabel('Allowed addresses').fill('10.0.0/8')
    await page.getByText(/10\.0\.0\/8: Not an address/).waitFor()
    await page.getByLabel('Name', { exact: true }).fill('checked')
    await page.getByRole('radio', { name: 'Viewer' }).first().click()
    await page.getByRole('button', { name: 'Review' }).click()
    expect(await textOf(page)).not.toContain('Is this right?')
    window.expectQuiet()
  })

  it('offers only what the caller may grant, and says why not', async () => {
    const window = await server.window(server.people.operator)
    const { page } = window
    await window.open(path())
    const build = page.getByRole('group', { name: /build/ })
    const manager = build.getByRole('radio', { name: 'Manager' })
    await manager.waitFor()
    expect(await manager.getAttribute('aria-disabled')).toBe('true')
    const reason = await manager.evaluate(
      (element) => document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent,
    )
    expect(reason).toBe('Needs build:manager: you hold *:operator. Nobody grants more than they hold.')
    await manager.click({ force: true })
    expect(await manager.isChecked()).toBe(false)
    await build.getByRole('radio', { name: 'Operator' }).click()
    expect(await build.getByRole('radio', { name: 'Operator' }).isChecked()).toBe(true)
  })

  it('offers a viewer only personal keys, and names the grant that API keys need', async () => {
    const window = await server.window(server.people.viewer)
    const { page } = window
    await window.open(path())
    const api = page.getByRole('radio', { name: 'API key' })
    await api.waitFor()
    expect(await api.getAttribute('aria-disabled')).toBe('true')
    expect(await textOf(page)).toContain('keys:operator')
    await page.getByLabel('Name', { exact: true }).fill('my laptop')
    await page.getByRole('button', { name: 'Review' }).click()
    await page.getByRole('button', { name: 'Create key' }).click()
    const secret = await secretIn(page)
    expect(secret).toMatch(/^kt_pk_/)
    await store(page)
    await page.getByRole('heading', { level: 1, name: 'my laptop' }).waitFor()
    await window.expectNowhere(secret)
    window.expectQuiet()
  })

  it('shows the refusal of the server, and lets the person change the draft', async () => {
    const window = await server.window(server.people.owner)
    const { page } = window
    for (const attempt of ['first', 'second']) {
      await window.open(path())
      await page.getByRole('button', { name: /CI pipeline/ }).click()
      await page.getByLabel('Name', { exact: true }).fill('twice')
      await page.getByRole('button', { name: 'Review' }).click()
      await page.getByRole('button', { name: 'Create key' }).click()
      if (attempt === 'first') await store(page)
    }
    await page.getByText('An active key already has this name').waitFor()
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('twice')
  })

  it('is accessible in light and dark, on each step', async () => {
    const window = await server.window(server.people.operator)
    const { page } = window
    await window.open(path())
    await page.getByRole('button', { name: /CI pipeline/ }).click()
    await window.expectAccessible()
    await window.picture('create-key')
    await page.getByRole('button', { name: 'Review' }).click()
    await window.expectAccessible()
    await page.getByRole('button', { name: 'Create key' }).click()
    await secretIn(page)
    await window.expectAccessible()
    await store(page)
  }, 120_000)

  it('fits a phone', async () => {
    const window = await server.window(server.people.operator, { window: PHONE })
    const { page } = window
    await window.open(path())
    await page.getByRole('button', { name: /CI pipeline/ }).click()
    await window.expectNoSidewaysScroll()
    await createCi(page, 'by-phone')
    await window.expectNoSidewaysScroll()
    await store(page)
  })
})
