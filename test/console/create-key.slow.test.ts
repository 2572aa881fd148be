import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { chromiumRuns, PHONE, useConsole } from './support/console.ts'
import type { ConsolePage } from './support/console-page.ts'

const run = promisify(execFile)

const SECRET = /\bkt_(?:ak|pk)_[0-9A-Za-z]{49}\b/

describe.runIf(chromiumRuns)('creating a key in the console', () => {
  const server = useConsole()
  const path = (query = '') => `/console/${server.organizationId}/keys/new${query}`

  const secretOf = async ({ page }: ConsolePage): Promise<string> => {
    const text = await page.getByRole('dialog').getByTestId('secret').textContent()
    expect(text).toMatch(SECRET)
    return text ?? ''
  }

  /** Presses a key until the control has the focus. */
  const tabTo = async (
    { page }: ConsolePage,
    name: string | RegExp,
    role: 'button' | 'radio' | 'textbox' | 'combobox',
  ) => {
    const control = page.getByRole(role, { name, exact: typeof name === 'string' }).first()
    await control.waitFor()
    for (let presses = 0; presses < 120; presses += 1) {
      if (await control.evaluate((element) => element === document.activeElement)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab does not reach ${role} ${String(name)}.`)
  }

  it('leads from a template to a working secret by the keyboard alone', async () => {
    const window = await server.window(server.people.operator)
    const { page } = window
    await window.open(path())
    await tabTo(window, /Read-only monitoring/, 'button')
    await page.keyboard.press('Enter')
    await tabTo(window, 'Name', 'textbox')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('dashboards')
    await tabTo(window, 'Review', 'button')
    await page.keyboard.press('Enter')
    await page.getByText('*:viewer').waitFor()
    await tabTo(window, 'Create key', 'button')
    await page.keyboard.press('Enter')
    const secret = await secretOf(window)
    await page.keyboard.press('Escape')
    await tabTo(window, 'Copy secret', 'button')
    await page.keyboard.press('Enter')
    await page.getByText('Copied to the clipboard').first().waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret)
    await tabTo(window, 'I have stored it', 'button')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'dashboards' }).waitFor()
    const { data } = await server.people.operator.client
      .with(secret)
      .send<{ viewer: { key: { name: string } } }>('{ viewer { key { name } } }')
    expect(data?.viewer.key.name).toBe('dashboards')
    window.expectQuiet()
  })
})
